import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';

/** Enough guesses to outlast an attack on a stolen table of slow hashes: zxcvbn's "safely unguessable", 10^8. */
const ENOUGH = 3;
/** The estimate takes time that grows with the square of the length; a password that is weak up to here is refused as a whole. */
const LOOKED_AT = 40;
/** Words of this installation that a guesser tries first. */
const PRODUCT = ['tributary'];
/** Shorter words are in too many others: they count only when they stand alone. */
const WHOLE_ONLY_BELOW = 4;

/** What a guesser knows of the person. */
export interface Owner {
  name: string;
  email: string;
}

/**
 * Throws `invalid` for a password that somebody would guess: one with the person's name, address or this product's name in it, one that is
 * on lists of passwords from breaches (also with letters swapped for digits, or a year behind it), a keyboard pattern, a repetition.
 * On the server only: the lists weigh megabytes. Blocks the process for some milliseconds, so limits come before it.
 */
export async function refuseGuessable(password: string, owner: Owner): Promise<void> {
  const reason = ownWordIn(password, owner) ?? (await whyGuessable(password, owner));
  if (reason)
    throw new AppError('invalid', fact('accounts.errors.passwordGuessable'), {
      fields: { password: fact('accounts.errors.passwordGuessableHere', { reason }) },
    });
}

/** Letters that people swap for others, back again: `Tr1but@ry`. */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
/** Text without case and accents. */
const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const unswapped = (text: string) => [...text].map((letter) => LEET[letter] ?? letter).join('');
const wordsOf = (text: string) =>
  plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);

function ownWordIn(password: string, owner: Owner): Fact | null {
  const forms = [plain(password), unswapped(plain(password))];
  const has = (word: string) =>
    word.length < WHOLE_ONLY_BELOW
      ? forms.some((form) => form.split(/[^\p{L}]+/u).includes(word))
      : forms.some((form) => form.includes(word));
  const [local = '', domain = ''] = owner.email.split('@');
  // Of the domain everything but its last label: nobody is kept from writing "com" or "org".
  const address = [...wordsOf(local), ...wordsOf(domain.replace(/\.[^.]*$/, ''))];
  if (wordsOf(owner.name).some(has)) return fact('accounts.problems.ownName');
  if (address.some((word) => word.length >= WHOLE_ONLY_BELOW && has(word)))
    return fact('accounts.problems.ownAddress');
  if (PRODUCT.some(has)) return fact('accounts.problems.ownProduct');
  return null;
}

async function whyGuessable(password: string, owner: Owner): Promise<Fact | null> {
  const { check } = await estimator();
  const looked = password.normalize('NFKC').slice(0, LOOKED_AT);
  const { score, sequence } = check(looked, [owner.name, owner.email, ...PRODUCT]);
  const listed = sequence.filter((part) => part.pattern === 'dictionary' && part.token.length >= 4);
  const rest = sequence.filter((part) => !listed.includes(part)).map((part) => part.token);
  // One word that is on a list, dressed with digits and signs: the first thing that guessing programs try.
  const dressed = listed.length === 1 && /^[^\p{L}]*$/u.test(rest.join('')) && password.length <= LOOKED_AT;
  if (score >= ENOUGH && !dressed) return null;
  if (listed.some((part) => part.dictionaryName === 'passwords-common'))
    return fact('accounts.problems.stolen');
  if (listed.length > 0) return fact('accounts.problems.dressedWord');
  if (sequence.some((part) => part.pattern === 'repeat')) return fact('accounts.problems.repeats');
  if (sequence.some((part) => part.pattern === 'spatial')) return fact('accounts.problems.keyboard');
  return fact('accounts.problems.fewTries');
}

let loading: ReturnType<typeof load> | undefined;
/** Loaded at the first new password and kept: about half a second and 30 MB. */
const estimator = () => {
  loading ??= load();
  return loading;
};
async function load() {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    // The most readings of swapped letters that are tried. The default of 512 takes a second for a hostile password.
    l33tMaxSubstitutions: 32,
  });
  return { check: (password: string, own: string[]) => zxcvbn.check(password, own) };
}
