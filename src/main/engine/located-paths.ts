/** Where a host found the tools; what depends on settings and on the machine's load the engine adds itself. */
import type { Tools } from './media/tools.ts';

/** The located tools and model folders. */
export type LocatedPaths = Omit<Tools, 'preferredModel' | 'threads'>;
