/** Tells by a file's name and first bytes what it is: fast, and right for everything but what only a demuxer can tell. */
import { extname } from 'node:path';
import type { FileKind } from '../../../shared/settings.ts';
import { isSvgHead } from '../media/image-header.ts';
import { kindOfHead } from '../media/input-file.ts';
import { isMeshName, meshFormatOf } from '../media/meshes-kind.ts';
import { isDocumentHead, isDocumentName } from './document-heads.ts';

/** picture: of a kind that can't be read. disguised: named like media and something else. zeros: named like media and begun with nothing but zeros. */
export type Verdict = FileKind | 'picture' | 'playlist' | 'disguised' | 'zeros' | 'other';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Extensions of formats that always begin with a signature below: without it they are something else. */
const SIGNED_VIDEO = words('mp4 m4v mov qt 3gp 3g2 f4v mkv webm avi ogv ogm wmv asf flv mxf gif rm rmvb y4m ivf');
const SIGNED_AUDIO = words('m4a m4b m4p m4r 3ga mka weba wav bwf rf64 w64 flac ogg oga opus spx wma aiff aif aifc caf au snd amr ape wv tta tak mpc dsf voc ra');
/** Extensions of formats that may begin with anything: these are taken at their word, unless they hold text. */
const UNSIGNED_VIDEO = words('mpg mpeg mpe m1v m2v mpv ts mts m2ts m2t tp trp vob dv dif h264 264 avc h265 265 hevc obu vc1 divx wtv dvr-ms mod tod amv gxf nut swf bik smk roq nuv');
const UNSIGNED_AUDIO = words('mp3 mp2 mp1 mpa aac ac3 eac3 dts dtshd thd mlp qcp oma xwma loas sox rso');

/** Extensions of pictures; all of them begin with a signature or, SVG, with a mark-up that is looked for. */
const SIGNED_IMAGE = words('jpg jpeg jpe jfif png webp gif tif tiff avif heic heif hif svg svgz dng cr2 cr3 nef nrw arw sr2 srf raf orf rw2 rwl pef srw 3fr fff iiq erf mef mos kdc dcr');

/** First bytes as latin1, and what they mean. Video may be audio by its name, where the same container carries both. */
const SIGNATURES: readonly (readonly [RegExp, FileKind | 'either' | 'picture'])[] = [
  // ISO base media (brands: mp4ra.org) and QuickTime. An atom begins with its size: a small number, so no letter.
  [/^[^]{4}ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis|crx )/, 'image'], [/^[^]{4}ftyp(jp2 |jpx )/, 'picture'],
  [/^[^]{4}ftyp(M4A |M4B |M4P |F4A |F4B )/, 'audio'],
  [/^([^]{4}(ftyp|mdat)|\x00[^]{3}(moov|moof|styp|sidx|uuid|wide|free|skip|pnot))/, 'either'],
  // Matroska and WebM, ASF, RealMedia.
  [/^\x1aE\xdf\xa3/, 'either'], [/^0&\xb2u\x8ef\xcf\x11/, 'either'], [/^\.RMF/, 'either'],
  [/^RIFF[^]{4}WEBP/, 'image'], [/^RIFF[^]{4}AVI[ X]/, 'video'], [/^(RIFF|RF64|BW64)[^]{4}WAVE/, 'audio'],
  [/^OggS[^]*(\x80theora|BBCD\x00|\x01video\x00|OVP80)/, 'video'], [/^OggS/, 'audio'],
  [/^FLV\x01/, 'video'], [/^\x00\x00\x01[\xba\xb3]/, 'video'], [/^\x06\x0e\x2b\x34\x02\x05\x01\x01/, 'video'], [/^DKIF/, 'video'], [/^YUV4MPEG2 /, 'video'], [/^GIF8[79]a/, 'image'],
  [/^(fLaC|ID3[\x02-\x04]|FORM[^]{4}(AIF[FC]|8SVX)|caff|riff\x2e\x91\xcf\x11|#!AMR|\.snd|\.ra\xfd|MAC |wvpk|TTA[12]|tBaK|MPCK|MP\+|DSD |Creative Voice File|DTSHDHDR)/, 'audio'],
  [/^[^]{4}\xf8\x72\x6f[\xba\xbb]/, 'audio'],
  // TIFF, BigTIFF, and what cameras make of TIFF (Olympus, Panasonic); Fujifilm's raw.
  [/^(\x89PNG\r\n|\xff\xd8\xff|II[*+]\x00|MM\x00[*+]|IIR[OS]|MMOR|IIU\x00|FUJIFILMCCD-RAW)/, 'image'],
  [/^(BM[^]{4}\x00\x00\x00\x00|8BPS\x00\x01|\x00\x00\x00\x0cjP {2})/, 'picture'],
];

/** head: the first kilobyte or so. sizeBytes: of the whole file. */
export function verdictOf(path: string, head: Buffer, sizeBytes: number): Verdict {
  const extension = extname(path).slice(1).toLowerCase();
  const named = namedKind(extension);
  const ascii = head.toString('latin1');
  const signed = SIGNATURES.find(([signature]) => signature.test(ascii))?.[1];
  if (signed === 'either') return named ?? 'video';
  if (signed !== undefined) return signed;
  if (meshFormatOf(extension, head, sizeBytes) !== null) return 'mesh';
  if (isSvgHead(head) || (extension === 'svgz' && head[0] === 0x1f && head[1] === 0x8b)) return 'image';
  if (kindOfHead(head) === 'playlist') return 'playlist';
  if (isTransportStream(head)) return 'video';
  if (isDocumentHead(extension, ascii, isText(ascii))) return 'document';
  if (named === undefined) return 'other';
  if (head.every((byte) => byte === 0)) return 'zeros';
  const mayBeAnything = UNSIGNED_VIDEO.has(extension) || UNSIGNED_AUDIO.has(extension);
  return mayBeAnything && !isText(ascii) ? named : 'disguised';
}

function namedKind(extension: string): FileKind | undefined {
  if (SIGNED_VIDEO.has(extension) || UNSIGNED_VIDEO.has(extension)) return 'video';
  if (SIGNED_AUDIO.has(extension) || UNSIGNED_AUDIO.has(extension)) return 'audio';
  if (SIGNED_IMAGE.has(extension)) return 'image';
  if (isMeshName(extension)) return 'mesh';
  return isDocumentName(extension) ? 'document' : undefined;
}

/** MPEG-TS: a sync byte every 188 bytes, or 192 with a time stamp before each (M2TS). */
function isTransportStream(head: Buffer): boolean {
  return [188, 192].some((packetBytes) => [0, 1, 2].every((index) => head[index * packetBytes + (packetBytes - 188)] === 0x47));
}

/** No control characters but those of text, in any 8-bit encoding; or a mark of UTF-16. */
function isText(ascii: string): boolean {
  return /^(\xff\xfe|\xfe\xff)/.test(ascii) || /^[\t\n\r\f\x1b\x20-\x7e\x80-\xff]*$/.test(ascii);
}
