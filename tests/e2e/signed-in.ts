import { test as base } from '@playwright/test';
import { Complaints, PERSON } from './support';

/** A test as the person who joined, in a browser of its own. It fails on what the browser complains about. */
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
