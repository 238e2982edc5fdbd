// The subset of psql that the scripts in db/setup use, for tests: \set, \getenv, \gexec and :'variables'.

/** Runs a psql script on this connection of `pg`. \getenv reads from `env`. Throws at the first error. */
export async function runScript(client, text, env) {
  const variables = {};
  let statement = '';
  let quoted = false;
  for (const line of text.split('\n')) {
    const [, name, variable] = /^\\getenv (\w+) (\w+)$/.exec(line) ?? [];
    if (name) {
      if (env[variable] !== undefined) variables[name] = env[variable];
      continue;
    }
    if (/^\\set /.test(line) || (statement === '' && /^\s*(--.*)?$/.test(line))) continue;
    if (line.startsWith('\\')) throw new Error(`Unknown psql command: ${line}`);
    if ((line.match(/\$\$/g) ?? []).length % 2 === 1) quoted = !quoted;
    const each = / \\gexec$/.test(line);
    statement += `${line.replace(/ \\gexec$/, '')}\n`;
    if (quoted || !(each || /;\s*$/.test(line))) continue;
    const { rows } = await client.query(
      statement.replace(/:'(\w+)'/g, (whole, key) =>
        key in variables ? client.escapeLiteral(variables[key]) : whole,
      ),
    );
    if (each) for (const row of rows) for (const value of Object.values(row)) await client.query(value);
    statement = '';
  }
  if (statement) throw new Error(`Unterminated statement: ${statement}`);
}
