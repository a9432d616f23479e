/** What a window needs of the way to its engine, whichever way that is. */
import type { Channel } from '../../shared/channels.ts';
import type { EngineApi, Envelope, WindowEvent } from '../../shared/contract.ts';
import type { HostApi, TaskFile } from '../../shared/host-contract.ts';

/** Every method that a window can call. */
export type WindowApi = EngineApi & HostApi;
export type Input<M extends Channel> = Parameters<WindowApi[M]>[0];
export type Output<M extends Channel> = Awaited<ReturnType<WindowApi[M]>>;

/** lost: it is tried again by itself. refused: the session is not valid any more, only a new link helps. */
export type Connection = 'connected' | 'lost' | 'refused';

/** How far the files of one drop have been handed over. */
export interface UploadProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface PathOptions {
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly signal?: AbortSignal;
}

export interface Transport {
  call<M extends Channel>(method: M, input: Input<M>): Promise<Envelope<Output<M>>>;
  onEvent(listener: (event: WindowEvent) => void): () => void;
  /** Tells the present state at once, then every change. */
  onConnection(listener: (connection: Connection) => void): () => void;
  /** The engine's paths of files that the user dropped or chose; in a browser they are uploaded first. */
  pathsOf(files: readonly File[], options?: PathOptions): Promise<string[]>;
  fileUrl(file: TaskFile, options?: { readonly isDownload?: boolean }): string;
}
