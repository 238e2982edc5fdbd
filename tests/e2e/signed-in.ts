import { test as base } from '@playwright/test';
import { BrowserErrors, USER } from './support';

/** A test in a separate browser context that is signed in as the registered user. It fails on browser complaints. */
export const test = base.extend<{ complaints: BrowserErrors }>({
  storageState: USER.signedIn,
  complaints: [
    async ({ page }, use) => {
      const complaints = new BrowserErrors(page);
      await use(complaints);
      complaints.none();
    },
    { auto: true },
  ],
});
