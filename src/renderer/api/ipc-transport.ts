/** The way to the engine of the same app: through what the preload script exposes. */
import type { Channel } from '../../shared/channels.ts';
import type { Envelope, WindowEvent } from '../../shared/contract.ts';
import type { Input, Output, Transport } from './transport.ts';

/** What the preload script puts on the window. */
export interface Bridge {
  readonly call: { readonly [M in Channel]: (input: Input<M>) => Promise<Envelope<Output<M>>> };
  on(listener: (event: WindowEvent) => void): () => void;
  pathForFile(file: File): string;
}

declare global {
  interface Window {
    readonly longhaul?: Bridge;
  }
}

export function createIpcTransport(bridge: Bridge): Transport {
  return {
    call: (method, input) => bridge.call[method](input),
    onEvent: (listener) => bridge.on(listener),
    onConnection: (listener) => {
      // Window and engine live and die together.
      listener('connected');
      return () => undefined;
    },
    // A file that was made in memory (a pasted picture) has no path.
    pathsOf: (files) => Promise.resolve(files.map((file) => bridge.pathForFile(file)).filter((path) => path !== '')),
    fileUrl: ({ id, which, index }) => `media://task/${id}/${which}/${index}`,
  };
}
