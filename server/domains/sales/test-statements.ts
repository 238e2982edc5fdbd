import type { Db, Tx } from '@/db/client';

interface Statement {
  sql: string;
  /** Number of rows that it returned. */
  rows: number;
  /** Its plan, if it matches what is explained. */
  plan: string;
}
interface Query {
  sql: string;
  params: unknown[];
}
interface Session {
  prepareQuery(query: Query, ...rest: unknown[]): { execute(values?: unknown): Promise<unknown> };
}

/** For tests: a database that notes the statements of its workspaces' transactions, and the plans of those that match `explained`. */
export function noting(db: Db, explained?: RegExp): { db: Db; statements: Statement[] } {
  const statements: Statement[] = [];
  const noted = (tx: Tx): Tx => {
    const { session } = tx as unknown as { session: Session };
    const prepare = session.prepareQuery.bind(session);
    session.prepareQuery = (query, ...rest) => {
      const prepared = prepare(query, ...rest);
      const execute = prepared.execute.bind(prepared);
      prepared.execute = async (values) => {
        let plan = '';
        if (explained?.test(query.sql)) {
          const explain = prepare(
            { ...query, sql: `explain (costs off) ${query.sql}` },
            undefined,
            undefined,
            false,
          );
          const { rows } = (await explain.execute(values)) as { rows: Record<string, string>[] };
          plan = rows.flatMap((row) => Object.values(row)).join('\n');
        }
        const answer = await execute(values);
        statements.push({ sql: query.sql, plan, rows: Array.isArray(answer) ? answer.length : 0 });
        return answer;
      };
      return prepared;
    };
    return tx;
  };
  return {
    statements,
    db: { ...db, asWorkspace: (workspaceId, work) => db.asWorkspace(workspaceId, (tx) => work(noted(tx))) },
  };
}
