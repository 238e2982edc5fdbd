const adapters = '^(app|components|proxy\\.ts|instrumentation\\.ts|server/(trpc|telegram|rest|robots|auth)|inngest|cli)';

/** Imports run one way: adapters → domains → connectors → foundation; domains → db. */
export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'domains-below-adapters', severity: 'error', from: { path: '^server/domains/', pathNot: '\\.test\\.ts$' }, to: { path: adapters } },
    { name: 'connectors-see-foundation-only', severity: 'error', from: { path: '^server/connectors/', pathNot: '\\.test\\.ts$' }, to: { path: '^(app|components|db|inngest|emails|server/(domains|trpc|sandbox|auth))' } },
    { name: 'foundation-sees-nothing', severity: 'error', from: { path: '^server/foundation/', pathNot: '\\.test\\.ts$' }, to: { path: '^(app|components|db|inngest|emails|server/(?!foundation))' } },
    { name: 'sandbox-and-connectors-share-nothing', severity: 'error', from: { path: '^server/sandbox/', pathNot: '\\.test\\.ts$' }, to: { path: '^(app|components|inngest|emails|server/(connectors|domains|trpc|auth))' } },
    { name: 'nothing-but-routes-and-seed-mounts-the-sandbox', severity: 'error', from: { pathNot: '^(server/sandbox/|app/sandbox/|db/seed/|instrumentation\\.ts|tests/)|\\.test\\.ts$' }, to: { path: '^server/sandbox/' } },
    { name: 'db-sees-foundation-only', severity: 'error', from: { path: '^db/', pathNot: '^db/seed/|\\.test\\.ts$' }, to: { path: '^(app|components|inngest|emails|server/(?!foundation))' } },
    { name: 'components-read-no-database', severity: 'error', from: { path: '^components/' }, to: { path: '^(db/|server/domains/.*(?<!schemas|plans|copy)\\.ts$)', dependencyTypesNot: ['type-only'] } },
    { name: 'no-test-code-in-the-app', severity: 'error', from: { pathNot: '^(tests/|scripts/)|\\.test\\.tsx?$' }, to: { path: '^tests/' } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(bun|deno)' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|\\.next|\\.data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'] },
  },
};
