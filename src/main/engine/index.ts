/** The engine: the only file of this folder that hosts may import. */
export { createEngine, type Engine, type EngineOptions, type LocatedPaths, type WorkOptions } from './engine.ts';
export { describeTransitions } from './transitions.ts';
