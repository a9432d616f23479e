// FFmpeg and ffprobe as packages carry them, by platform and processor, each archive pinned by its address and sha256.
//
// Builds of the GPL variant, which has x264 and x265, without non-free parts, so that they may be passed on (NOTICE).
// Linux and Windows: BtbN/FFmpeg-Builds. Its daily builds go after two weeks, the last one of a month stays for two years: only
// such a one can be pinned. macOS: ffmpeg.martin-riedl.de, signed and notarised by its maker.
//
// Nobody fetched these archives where Longhaul was written: the open internet can't be reached there. The sums are those that
// projects in public repositories pin for the same addresses, at least two of them each, independently; a wrong one fails the
// packing loudly and ships nothing. Renew them together: node scripts/pack/tools.mjs --sums prints what the addresses give.

const BTBN = 'https://github.com/BtbN/FFmpeg-Builds/releases/download/autobuild-2026-08-31-13-27';
const BTBN_BUILD = 'ffmpeg-n9.0.1-11-ge47273f4d9';
const RIEDL = 'https://ffmpeg.martin-riedl.de/download/macos';

/** programs: what to take out of the archive, wherever it lies in it. */
export const PINS = {
  'linux-x64': [{ url: `${BTBN}/${BTBN_BUILD}-linux64-gpl-9.0.tar.xz`, sha256: '182c1b509720e939bb47bfb47dc29cc0c298640401128e3dce8627d10707eb5a', programs: ['ffmpeg', 'ffprobe'] }],
  'linux-arm64': [{ url: `${BTBN}/${BTBN_BUILD}-linuxarm64-gpl-9.0.tar.xz`, sha256: 'e2dd447c8a47849c5812d87e54a47b20ae0f3603d38989440f4a5fe1af8755b1', programs: ['ffmpeg', 'ffprobe'] }],
  'win32-x64': [{ url: `${BTBN}/${BTBN_BUILD}-win64-gpl-9.0.zip`, sha256: 'ec9db2cda1f5894ab95446076ad8bf49379db4b53c02e778ad3b49adf91fec83', programs: ['ffmpeg.exe', 'ffprobe.exe'] }],
  'win32-arm64': [{ url: `${BTBN}/${BTBN_BUILD}-winarm64-gpl-9.0.zip`, sha256: '7e6142ae4d04b35123eba48d91bb2c559ef43b49a6b3857f7324bbcf7266d18b', programs: ['ffmpeg.exe', 'ffprobe.exe'] }],
  'darwin-x64': [
    { url: `${RIEDL}/amd64/1789931006_9.0.2/ffmpeg.zip`, sha256: '7c6b4125b191cbf773832dc51f424cf2b6bb7da43007d1e066f95909e47cacd4', programs: ['ffmpeg'] },
    { url: `${RIEDL}/amd64/1789931006_9.0.2/ffprobe.zip`, sha256: '2322438ed2f6319a691291b247d09c69dcaa3a982460d1f269a7e1af335cfdfd', programs: ['ffprobe'] },
  ],
  'darwin-arm64': [
    { url: `${RIEDL}/arm64/1789931890_9.0.2/ffmpeg.zip`, sha256: 'c8ed4c4e6978a03c485edbfe4e0a5dc2380f8a30bba5150531b31b094492d924', programs: ['ffmpeg'] },
    { url: `${RIEDL}/arm64/1789931890_9.0.2/ffprobe.zip`, sha256: 'fcbe839537485eaee7a7a8bc5cbc0f90d53617e80943e8a5b2e31cb851197ea6', programs: ['ffprobe'] },
  ],
};
