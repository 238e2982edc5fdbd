import { test as base } from '@playwright/test';
import { Complaints, PERSON } from './support';

/** A test in a separate browser context that is signed in as the registered user. It fails on browser complaints. */
export const test = base.extend<{ complaints: Complaints }>({
  storageState: PERSON.signedIn,
  complaints: [
    async ({ page }, use) => {
      const complaints = new Complaints(page);
      await use(complaints);
      complaints.none();
    },
    { auto: true },
  ],
});
