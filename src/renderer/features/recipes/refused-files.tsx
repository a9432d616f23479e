import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import classes from './recipes-page.module.css';

/** Recipe files of the user's that can't be used, each with what is wrong in it. */
export function RefusedFiles() {
  const { t } = useTranslation('recipe-page');
  const refused = useMirror((mirror) => mirror.refusedRecipes);
  if (refused.length === 0) return null;
  return (
    <div className={classes.refused} role="note">
      <Text size="sm" fw={600}>{t('refused', { count: refused.length })}</Text>
      {refused.map(({ file, problem }) => <Text key={file} size="xs"><b>{file}</b> {problem}</Text>)}
    </div>
  );
}
