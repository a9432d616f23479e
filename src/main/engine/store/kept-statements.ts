/** Statements whose text depends on what is asked. */
import type Database from 'better-sqlite3';

/** A window or a program asks the same few questions again and again. */
const STATEMENTS_KEPT = 100;

export type Bound = Readonly<Record<string, string | number>>;

/** Keeps statements by their text. Row: what each of them gives. */
export function keptStatements<Row>(prepare: (sql: string) => Database.Statement<[Bound], Row>): (sql: string) => Database.Statement<[Bound], Row> {
  const kept = new Map<string, Database.Statement<[Bound], Row>>();
  return (sql) => {
    if (kept.size >= STATEMENTS_KEPT) kept.clear();
    const statement = kept.get(sql) ?? prepare(sql);
    kept.set(sql, statement);
    return statement;
  };
}
