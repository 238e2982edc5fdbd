// Names and phrases that must not return to the project. Each comes with its replacement.
export const PHRASES = [
  { found: /boost/i, instead: 'follow-up, follow-up rule' },
  { found: /\b(verdict|doubtful)/i, instead: 'outcome, uncertain outcome' },
  {
    found: /\b(comeBack|DayRoom|hasOwnPlace|readStanding)\b/,
    instead: 'requestSweep, DailyQuota, hasOwnSlot, readQuotaSnapshot',
  },
  { found: /\bStranger\b/, instead: 'UnconnectedTarget' },
  { found: /does-well|doesWell/, instead: 'follow-ups' },
  { found: /publishing\/line\b|publish-line\b|\bidleLines\b/, instead: 'lane' },
  { found: /(?<!opens more )\bdoors?\b/i, instead: 'adapter, port, request guard' },
  { found: /\b(roomOf|waysIn|WAYS)\b|scripts\/ways\b/, instead: 'folder, flow' },
  { found: /\bto-fire\b|followUpState: 'fired'|\bnoWay\b/, instead: 'follow-ups to run, completed, method' },
  { found: /\b(tellAsker|tellOf\w*|toldBy|tell-asker|tell-members)\b/, instead: 'notify, contentKey' },
  {
    found: /\bhurry\(|\b(oneAfterTheOther|stillItsTime|movesToNow|restedEnough|sameSaid|uselessSoon)\b/,
    instead: 'requestSweep, serialQueue, isStillOnTime, readMoveToNow, isGapOver, sameSentText, expiresSoon',
  },
  {
    found: /\b(assertRoomOnDay|roomOnDay|noRoomAlert)\b/,
    instead: 'assertDailyQuota, remainingOnDay, quotaFullAlert',
  },
  { found: /\bMOST_[A-Z]/, instead: 'MAX_' },
  {
    found: /publication-answers|publicationAnswers|domains\/editing/,
    instead: 'publication-recovery, post-edits',
  },
  {
    found: /whose end nobody|nobody saw (the|how)|[Ff]inds out what became of/,
    instead: 'an attempt with an unknown outcome',
  },
];

/** Returns the phrases found in a text, each with its line and replacement. */
export const phrasesIn = (source) =>
  source.split('\n').flatMap((text, i) =>
    PHRASES.flatMap(({ found, instead }) => {
      const match = found.exec(text);
      return match ? [{ line: i + 1, text: match[0], instead }] : [];
    }),
  );
