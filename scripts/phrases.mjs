// Names and phrases that must not return to the project. Each comes with its replacement.
export const PHRASES = [
  { found: /boost/i, instead: 'follow-up, follow-up rule' },
  { found: /\b(verdict|doubtful)/i, instead: 'outcome, uncertain outcome' },
  {
    found: /\b(comeBack|DayRoom|hasOwnPlace|readStanding)\b/,
    instead: 'requestSweep, DailyQuota, hasOwnSlot, readQuotaSnapshot',
  },
  { found: /\bStranger\b/, instead: 'UnconnectedTarget' },
  { found: /does-well|doesWell/i, instead: 'follow-ups' },
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
  { found: /\b[Ww]hat it costs\b/, instead: 'consequences' },
  { found: /\bin silence\b/, instead: 'silently, without an error' },
  {
    found:
      /\b(a|the|its|their|earlier|wrong|ten|own|such) tr(y|ies) (that|of|is|was|may|can|has|in|after|before)\b/i,
    instead: 'attempt',
  },
  { found: /\bkept apart\b|\bkeeps? (them )?apart\b/, instead: 'separate, isolated' },
  { found: /\bnever not at all\b|\btwice and never\b/, instead: 'exactly once, at least once' },
  { found: /\bat the (most|least)\b(?=[.,;:)]|$| (and|or|per)\b)/, instead: 'at most, at least' },
  { found: /\bsays? no\b|\bsaid no\b/, instead: 'refuses, rejects' },
  { found: /\bis over with\b|\bgets? further\b/, instead: 'is finished, makes progress' },
  { found: /\b(is|are|was) born\b/, instead: 'is created' },
  { found: /\bin doubt\b/, instead: 'has an uncertain outcome' },
  { found: /\bhangs? on (it|them|the one|a post|what)\b/, instead: 'depends on, is attached to' },
  { found: /\bin hand\b|\bunder way\b/, instead: 'in progress' },
  { found: /\bown troubles?\b|\bmeets? trouble\b/, instead: 'error, failure' },
  { found: /\b(became|becomes|become) of\b/, instead: 'the outcome of, what happened to' },
  { found: /\b(is|are|was|were|be) told of\b|\btells? of\b/, instead: 'is notified of, reports' },
  {
    found: /\bnobody (knows|saw|comes?|came|sends|looks|hears|waits)\b/i,
    instead: 'the outcome is unknown, no process …',
  },
  { found: /\bno business of\b|\bby whomever\b/, instead: 'name who acts' },
  { found: /\bcomes? again\b|\bthe same again\b/, instead: 'repeats, returns' },
  { found: /\bgives? back\b/, instead: 'returns, releases' },
  { found: /\bfound out\b/, instead: 'determined' },
  { found: /\bin words\b/, instead: 'as text' },
  { found: /\bmakes? good\b/, instead: 'catches up, repairs' },
  { found: /\bstands? (still|in|at|on|there|beside|behind)\b/, instead: 'is, is shown, is stored' },
  {
    found:
      /\b(AccountLine|EntryRow|SubscriptionEntry|understandEntry|(sale|payment|fee|refund|tax|transfer)Lines)\b|\baccount lines?\b/,
    instead: 'StatementLine, KeptLine, BilledAmount, leaveEntry, salePostings …, statement line',
  },
  {
    found: /whose end nobody|nobody saw (the|how)/,
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
