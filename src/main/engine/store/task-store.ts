/** All operations of the store on one connection, put together from one file per concern. */
import type Database from 'better-sqlite3';
import { createGroupPolicies } from './group-policies.ts';
import type { Operations } from './operations.ts';
import { createStatusTally } from './status-counts.ts';
import { createCheckpoints } from './task-store-checkpoints.ts';
import { createClaims } from './task-store-claims.ts';
import { createCommands } from './task-store-commands.ts';
import { createDependencies } from './task-store-dependencies.ts';
import { createDocuments } from './task-store-documents.ts';
import { createEnds } from './task-store-ends.ts';
import { createGroups } from './task-store-groups.ts';
import { createHistory } from './task-store-history.ts';
import { createImports } from './task-store-imports.ts';
import { createInserts } from './task-store-inserts.ts';
import { createListing } from './task-store-listing.ts';
import { createLog } from './task-store-log.ts';
import { createMemory } from './task-store-memory.ts';
import { createMoves } from './task-store-moves.ts';
import { createPrune } from './task-store-prune.ts';
import { createProgress } from './task-store-progress.ts';
import { createHealth, createQuotas } from './task-store-quotas.ts';
import { createRates } from './task-store-rates.ts';
import { createResources } from './task-store-resources.ts';
import { createScans } from './task-store-scans.ts';
import { createSchedules } from './task-store-schedules.ts';
import { createSources } from './task-store-sources.ts';
import { createStaging } from './task-store-staging.ts';
import { createSummaries } from './task-store-summaries.ts';
import { createTakenFiles } from './task-store-taken-files.ts';
import { createWatchRules } from './task-store-watch-rules.ts';

/**
 * Prepares every statement; the database must be migrated. INDEXED BY in the hot ones makes a wrong index an error here, not
 * a slow scan later. Each operation expects to run inside a transaction.
 */
export function createOperations(db: Database.Database): Operations {
  const tally = createStatusTally(db);
  const listing = createListing(db, tally);
  const staging = createStaging(db);
  const checkpoints = createCheckpoints(db);
  const memory = createMemory(db);
  const history = createHistory(db);
  const policies = createGroupPolicies(db);
  const sources = createSources(db);
  const dependencies = createDependencies(db, staging, policies, sources);
  const commands = createCommands(db, { listing, staging, dependencies, checkpoints, policies });
  const inserts = createInserts(db, tally, sources);
  return {
    ...inserts,
    ...createImports(db, tally),
    ...createClaims(db, listing, createRates(db)),
    ...createProgress(db, listing),
    ...createEnds(db, { listing, dependencies, checkpoints, memory, history }),
    ...commands.operations,
    ...createGroups(db, { listing, effects: commands.effects }),
    ...createMoves(db, listing),
    ...createDocuments(db, checkpoints),
    ...createSummaries(db),
    ...history.operations,
    ...checkpoints.operations,
    ...listing.operations,
    ...memory.operations,
    ...createLog(db),
    ...createResources(db),
    ...createScans(db),
    ...createSchedules(db, inserts.insertTasks),
    ...createTakenFiles(db, { insertTasks: inserts.insertTasks, retry: commands.operations.retry }),
    ...createWatchRules(db),
    ...createPrune(db),
    ...createQuotas(db),
    ...createHealth(db),
    stage: staging.stage,
  };
}
