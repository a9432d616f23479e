import { IconCube, IconCut, IconFile, IconFileMusic, IconFileText, IconMovie, IconPhoto, IconPhotoDown, IconPhotoEdit, IconReport, IconSubtitles, IconTool, IconTransform, IconWaveSine } from '@tabler/icons-react';
import type { InspectedFile } from '../../shared/contract.ts';
import type { TaskType } from '../../shared/task.ts';

const TYPE_ICONS = { transcribe: IconSubtitles, video_convert: IconTransform, video_preview: IconMovie, video_thumbnail: IconPhoto, image_convert: IconPhotoEdit, image_thumbnail: IconPhotoDown, document_preview: IconFileText, model_preview: IconCube, audio_picture: IconWaveSine, media_edit: IconCut, report: IconReport, maintenance: IconTool } as const satisfies Record<TaskType, unknown>;
const KIND_ICONS = { video: IconMovie, audio: IconFileMusic, image: IconPhoto, document: IconFileText, mesh: IconCube, other: IconFile } as const satisfies Record<InspectedFile['kind'], unknown>;

/** What a task does. The name stands beside it or is read out by its row. */
export function TypeIcon({ type, size = 20 }: { readonly type: TaskType; readonly size?: number }) {
  const Icon = TYPE_ICONS[type];
  return <Icon size={size} stroke={1.6} aria-hidden />;
}

/** What a file is. */
export function KindIcon({ kind, size = 20 }: { readonly kind: InspectedFile['kind']; readonly size?: number }) {
  const Icon = KIND_ICONS[kind];
  return <Icon size={size} stroke={1.6} aria-hidden />;
}
