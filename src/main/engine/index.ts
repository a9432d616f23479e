/** The engine: the only file of this folder that hosts may import. */
export { makeDataDir } from './data-dir.ts';
export { createEngine, type Engine, type EngineOptions, type WorkOptions } from './engine.ts';
export type { HostHold } from './holds.ts';
export type { LocatedPaths } from './located-paths.ts';
export { capabilitiesOf, type Capabilities } from './media/capabilities.ts';
export { findHardwareEncoder, type HardwareEncoder } from './media/hardware.ts';
export { locateTools, type FoundPart, type Located, type Surroundings } from './media/locate.ts';
export { addModel, CATALOGUE, removeModel, type Added, type CatalogueEntry } from './media/model-catalogue.ts';
export type { ModelSurroundings } from './media/model-folders.ts';
export { chooseModel, scanModels, type FoundModel } from './media/models.ts';
export { officeVersion } from './media/office.ts';
export { inspectQueue, restoreBackup } from './restore-backup.ts';
export { sqliteVersion } from './store/sqlite-version.ts';
export { describeTransitions } from './transitions.ts';
