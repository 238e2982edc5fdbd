export interface Card {
  number: string;
  month: number;
  year: number;
  name: string | null;
}

/** Returns how a test card of the vendor behaves: `attach` if it can be saved, `charge` if it can be charged. */
export function cardAnswer(number: string): { attach: boolean; charge: boolean; message: string | null } {
  const digits = number.replace(/\D/g, '');
  if (['4242424242424242', '4000056655665556', '5555555555554444'].includes(digits))
    return { attach: true, charge: true, message: null };
  if (digits === '4000000000000341')
    return { attach: true, charge: false, message: 'Your card was declined.' };
  if (digits === '4000000000009995')
    return { attach: false, charge: false, message: 'Your card has insufficient funds.' };
  if (digits === '4000000000000002')
    return { attach: false, charge: false, message: 'Your card was declined.' };
  return {
    attach: false,
    charge: false,
    message: 'Your card was declined. Only test cards work here, such as 4242 4242 4242 4242.',
  };
}
