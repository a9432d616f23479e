/** The part of picomatch that is used here; it comes without types. */
declare module 'picomatch' {
  interface PicomatchOptions {
    /** Patterns without a slash are about the name alone. */
    readonly basename?: boolean;
    readonly nocase?: boolean;
    readonly dot?: boolean;
    readonly windows?: boolean;
  }
  /** Throws where a pattern is none. */
  export default function picomatch(globs: readonly string[], options?: PicomatchOptions): (text: string) => boolean;
}
