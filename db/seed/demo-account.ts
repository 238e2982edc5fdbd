/** The user whom the first start creates if TRIBUTARY_DEMO is on. The sign-in page names them. */
export const DEMO = {
  email: 'demo@tributary.localhost',
  password: 'Demo-1234',
  name: 'Mira Demo',
  workspace: 'Riverside Studio',
  /** Belongs to the same workspace, with the same password, but may not approve posts. */
  operator: { email: 'operator@tributary.localhost', name: 'Otto Demo' },
} as const;
