/** FFmpeg as the set-up found it, else by name. */
export const ffmpegPath = process.env['LONGHAUL_FFMPEG'] ?? 'ffmpeg';
export const ffprobePath = process.env['LONGHAUL_FFPROBE'] ?? 'ffprobe';
