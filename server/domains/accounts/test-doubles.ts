// What takes the place of slow parts of accounts in tests, with a count of their work. A test file mocks './password' with `passwords`
// and the e-mails' './render-email' with `rendering`.

/** How often passwords were hashed or checked, and which e-mails were rendered. */
export const work = { hashes: 0, rendered: [] as string[] };

/** Hashing is slow on purpose; here it is counted. */
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

/** The e-mails' looks are tested where they are rendered. */
export const rendering = {
  renderRow: async ({ template, props }: { template: string; props: object }) => {
    work.rendered.push(template);
    return { subject: template, html: JSON.stringify(props), body: JSON.stringify(props) };
  },
};
