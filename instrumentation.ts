/** Runs once when the server starts. Imports everything dynamically so that the edge bundle stays empty. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.NEXT_PHASE === 'phase-production-build') return;
  // In development, Next shows errors at their source.
  if (process.env.NODE_ENV === 'production') {
    const { redirectConsole: watchConsole } = await import('./server/foundation/console-errors');
    watchConsole();
  }
  const [{ describeFactsWith }, { english, wordsFor }] = await Promise.all([
    import('./server/foundation/facts'),
    import('./i18n/words'),
  ]);
  describeFactsWith(english);
  const { watchPeers } = await import('./server/foundation/peer');
  watchPeers();
  const { installOutageResponses: answerOutages } = await import('./server/foundation/answer-outages');
  answerOutages(wordsFor);
  const { guardApp } = await import('./server/foundation/http/app-guard');
  guardApp();
  const { startSandboxServer } = await import('./app/sandbox/server');
  const { boot } = await import('./inngest/boot');
  await boot(startSandboxServer);
}
