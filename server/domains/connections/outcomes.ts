/** Outcomes of a sign-in at a platform. The callback puts the code into the URL; pages show its text (`connections.outcome`). */
export const OUTCOMES = {
  connected: { good: true },
  renewed: { good: true },
  choose: { good: true },
  choice_over: { good: false },
  refused: { good: false },
  expired: { good: false },
  used: { good: false },
  unknown_state: { good: false },
  other_person: { good: false },
  other_workspace: { good: false },
  other_platform: { good: false },
  no_code: { good: false },
  platform_refused: { good: false },
  scope_refused: { good: false },
  values_refused: { good: false },
  server_refused: { good: false },
  installation_refused: { good: false },
  platform_failed: { good: false },
  no_account: { good: false },
  no_permission: { good: false },
  other_account: { good: false },
  signed_out: { good: false },
  limit: { good: false },
  plan: { good: false },
  role: { good: false },
  unavailable: { good: false },
  failed: { good: false },
} as const satisfies Record<string, { good: boolean }>;
export type OutcomeCode = keyof typeof OUTCOMES;
export const OUTCOME_CODES = Object.keys(OUTCOMES) as [OutcomeCode, ...OutcomeCode[]];

/** Returns the outcome for a code from a URL, or null for an unknown code. */
export function outcomeOf(code: string | null | undefined): { good: boolean } | null {
  return code && Object.hasOwn(OUTCOMES, code) ? OUTCOMES[code as OutcomeCode] : null;
}
