/** Returns the order of currencies on screens and in statements: the workspace's own first, the others by their code. */
export const currencyOrder =
  (own: string) =>
  (a: string, b: string): number =>
    Number(b === own) - Number(a === own) || (a < b ? -1 : a > b ? 1 : 0);
