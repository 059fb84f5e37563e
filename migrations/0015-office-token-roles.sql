-- A token has no second factor: administrators, finance and cashiers are people. A machine posts money as a bank-channel, and
-- that is bound to its channel. Tokens that are more, or are bound to none, end here; their rows stay for the record.
-- Locks: a short exclusive lock on a small table; no rewrite.

update machine_tokens set revoked_at = now()
where revoked_at is null
  and (role not in ('bank-channel', 'agent', 'auditor') or (role = 'bank-channel' and channel_id is null));

alter table machine_tokens add constraint machine_tokens_live_roles check (revoked_at is not null
  or role in ('agent', 'auditor') or (role = 'bank-channel' and channel_id is not null));
