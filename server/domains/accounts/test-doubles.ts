// Test doubles for the slow parts of accounts, which count their work. A test file mocks './password' with `passwords` and './render-email'
// of the emails domain with `rendering`.

/** How often passwords were hashed or checked, and which e-mails were rendered. */
export const work = { hashes: 0, rendered: [] as string[] };

/** Replaces the hashing of passwords, which is slow on purpose, and counts it. */
export const passwords = {
  hashPassword: async (password: string) => {
    work.hashes++;
    return `$argon2 ${password}`;
  },
  checkPassword: async (stored: string | null, password: string) => {
    work.hashes++;
    return stored === `$argon2 ${password}`;
  },
};

/** Replaces the rendering of e-mails, which has its own tests, and records the templates. */
export const rendering = {
  renderRow: async ({ template, props }: { template: string; props: object }) => {
    work.rendered.push(template);
    return { subject: template, html: JSON.stringify(props), body: JSON.stringify(props) };
  },
};
