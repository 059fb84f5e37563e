/**
 * Approvals (复核 · 双人审批): maker-checker, once for everything that needs two people.
 *
 * - request (申请): what exactly is to be done, by the maker (经办)
 * - decision (审批): approved or refused by another person, the checker (复核)
 * - use (使用): the deed consumes the approval, once, and only if it is what was approved; some deeds follow the decision by themselves (随批生效)
 * - on the spot (当场复核): the checker proves to be there with the own credentials
 */
export {
  approvalKinds,
  type DecidedApproval,
  followDecisions,
  followedKinds,
  registerApprovalKinds,
} from "./kinds.ts";
export { approvalRoutes } from "./routes.ts";
export {
  type ApprovalRequest,
  type ApproverCredentials,
  approveOnTheSpot,
  decideApproval,
  type ProvenApprover,
  proveApprover,
  requestApproval,
  useApproval,
  withdrawApproval,
} from "./service.ts";
