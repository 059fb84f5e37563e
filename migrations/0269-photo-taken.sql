-- When a photo of a shaft (管道井照片) was taken, as the phone said it: it may have waited a week for signal, and hangs beside visits of
-- other days. Null where nobody said it. Locks: work_order_photos, for a moment.
alter table work_order_photos add column taken_at timestamptz;
