/** Where a file lies, as people think of it. */
import { useTranslation } from 'react-i18next';
import { useMirror } from '../store/mirror.ts';
import { folderOf } from './paths.ts';

/** The folder of a file; of one that came through the browser, that it did: where it is kept is nobody's concern. */
export function usePlace(path: string): string {
  const { t } = useTranslation();
  const dataDir = useMirror(({ status }) => status?.dataDir);
  const folder = folderOf(path);
  return dataDir !== undefined && folder.replaceAll('\\', '/').startsWith(`${dataDir.replaceAll('\\', '/')}/uploads/`) ? t('uploaded') : folder;
}
