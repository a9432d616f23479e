/** Tells by a file's name and first bytes whether it is a document; what it holds in full, media/document-kind.ts finds when it is opened. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Extensions of formats that begin with a signature: without it they are something else. */
const SIGNED = words('pdf docx docm dotx xlsx xlsm pptx pptm ppsx odt ott ods odp epub doc dot xls ppt pps rtf');
/** Extensions of documents that are plain text. Subtitles and playlists belong to their films, and are not among them. */
const WRITTEN = words(
  'txt text md markdown mdown mkd rst adoc asc tex html htm xhtml log csv tsv json jsonl yaml yml toml ini cfg conf properties xml xsl css scss less js mjs cjs jsx tsx vue svelte py rb php pl lua r jl java kt kts scala groovy c h cc cpp cxx hpp hh cs m mm swift go rs zig dart sql sh bash zsh fish ps1 bat cmd diff patch gradle cmake tf proto graphql',
);
/** ISO 32000-1; APPNOTE.TXT with the first part of OpenDocument, EPUB and Open Packaging; [MS-CFB]; RTF 1.9.1. */
const PACKED = /^PK\x03\x04[^]{26}(mimetypeapplication\/(epub\+zip|vnd\.oasis\.opendocument\.(text|spreadsheet|presentation))|\[Content_Types\]\.xml)/;
const COMPOUND = /^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/;

/** extension: small letters, without its dot. ascii: the first kilobyte as latin1. isText: whether that is text. */
export function isDocumentHead(extension: string, ascii: string, isText: boolean): boolean {
  if (ascii.includes('%PDF-') || ascii.startsWith('{\\rtf') || PACKED.test(ascii)) return true;
  // An archive whose parts lie in another order, and files of old office programs, are taken at their word.
  if (ascii.startsWith('PK\x03\x04') || COMPOUND.test(ascii)) return SIGNED.has(extension);
  return WRITTEN.has(extension) && isText;
}

/** Whether the name promises a document with a signature. */
export function isDocumentName(extension: string): boolean {
  return SIGNED.has(extension);
}
