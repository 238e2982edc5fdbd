/** The person whom the first start makes when TRIBUTARY_DEMO is on. The sign-in page names them. */
export const DEMO = {
  email: 'demo@tributary.localhost',
  password: 'Demo-1234',
  name: 'Mira Demo',
  workspace: 'Riverside Studio',
  /** Works in the same workspace with the same password, and may not decide about posts. */
  operator: { email: 'operator@tributary.localhost', name: 'Otto Demo' },
} as const;
