/** How a sign-in at a platform can end. The callback puts the code into the address; pages show the words. */
export const OUTCOMES = {
  connected: { good: true, words: 'Connected.' },
  renewed: { good: true, words: 'Connected again.' },
  choose: { good: true, words: 'Signed in. Now choose what to connect.' },
  choice_over: {
    good: false,
    words: 'This choice has ended: it was made already, or it took too long. Connect again to choose.',
  },
  refused: { good: false, words: 'You did not allow the connection, so nothing was connected.' },
  expired: { good: false, words: 'That took too long and the sign-in ended. Start again.' },
  used: { good: false, words: 'This sign-in was already finished. If the account is missing, start again.' },
  unknown_state: {
    good: false,
    words: 'We did not start this sign-in, so we did not connect anything. Start again from here.',
  },
  other_person: {
    good: false,
    words: 'This sign-in was started by another person. Nothing was connected. Start again from here.',
  },
  other_workspace: {
    good: false,
    words: 'This sign-in was started in another workspace. Switch to it, or start again from here.',
  },
  other_platform: {
    good: false,
    words: 'The answer came from another platform than the one you chose. Start again.',
  },
  no_code: { good: false, words: 'The platform did not send what we need to connect. Start again.' },
  platform_refused: { good: false, words: 'The platform did not accept the sign-in. Start again.' },
  installation_refused: {
    good: false,
    words:
      'The platform does not accept this installation of Tributary at the moment, so nothing was connected. Whoever runs it has to check its client id and secret.',
  },
  platform_failed: { good: false, words: 'The platform has a problem at the moment. Try again in a minute.' },
  no_account: {
    good: false,
    words:
      'The platform showed us no account, Page or shop that you may use. Create or allow one, then connect again.',
  },
  no_permission: {
    good: false,
    words:
      'You may not post to any of the Pages that the platform showed us. Ask a Page’s owner for the right to create content, then connect again.',
  },
  other_account: {
    good: false,
    words:
      'You signed in with another account than the one you wanted to reconnect, so nothing was changed. Sign in there with the right account first, then reconnect.',
  },
  signed_out: {
    good: false,
    words:
      'You were signed out of Tributary when you came back, so nothing was connected. Start again from here.',
  },
  limit: {
    good: false,
    words: 'Your plan has no room for another connected account. Disconnect one or upgrade.',
  },
  plan: { good: false, words: 'Your plan does not include this platform. Upgrade to connect it.' },
  role: {
    good: false,
    words: 'Your role does not allow you to connect accounts. Ask an owner or a manager.',
  },
  unavailable: { good: false, words: 'This platform is not set up on this installation.' },
  failed: { good: false, words: 'Something went wrong on our side and nothing was connected. Try again.' },
} as const satisfies Record<string, { good: boolean; words: string }>;
export type OutcomeCode = keyof typeof OUTCOMES;

/** The words of a code from an address; null for anything that is no such code. */
export function outcomeOf(code: string | null | undefined): { good: boolean; words: string } | null {
  return code && Object.hasOwn(OUTCOMES, code) ? OUTCOMES[code as OutcomeCode] : null;
}
