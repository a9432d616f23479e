/** The types of tasks, without the schemas that the shared list comes with. */
import type { TaskType } from '../../shared/task.ts';

const NAMES = { transcribe: true, video_convert: true, video_preview: true, video_thumbnail: true, image_convert: true, image_thumbnail: true, document_preview: true, model_preview: true, audio_picture: true, media_edit: true, report: true, maintenance: true } as const satisfies Record<TaskType, true>;

export const TASK_TYPE_NAMES: readonly TaskType[] = Object.keys(NAMES).filter((name): name is TaskType => name in NAMES);
