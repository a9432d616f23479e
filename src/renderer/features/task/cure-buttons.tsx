import { Button, Menu, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '../../../shared/errors.ts';
import type { Task } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { openTask, showPage } from '../../store/view.ts';
import { describeRecipe, recipeName } from '../../ui/recipes.ts';
import { attempt } from '../../ui/toast.ts';
import { remove, retry } from '../queue/task-verbs.ts';
import { chooseFile } from './choose-file.ts';
import { curesFor, type Cure } from './cures.ts';
import { FolderDialog } from './folder-dialog.tsx';
import { replaceTask } from './replace-task.ts';
import classes from './task-panel.module.css';

interface Props {
  readonly task: Task;
  readonly code: ErrorCode;
  readonly onShowLog: () => void;
}

/** The ways out of an error, the likeliest one in front. */
export function CureButtons({ task, code, onShowLog }: Props) {
  const { t } = useTranslation('task');
  const canUseFiles = useMirror(({ host }) => host?.can.useFiles === true);
  const dependency = useMirror(({ tasks }) => task.dependsOn.find((id) => tasks.has(id) && tasks.get(id)?.status !== 'completed'));
  const [isAskingFolder, setIsAskingFolder] = useState(false);
  const cures = curesFor(code, { status: task.status, canReveal: canUseFiles, hasDependency: dependency !== undefined });
  const take = (cure: Exclude<Cure, 'chooseRecipe'>): void => {
    switch (cure) {
      case 'retry': return retry([task.id]);
      case 'remove': return remove([task.id]);
      case 'models': return showPage('models');
      case 'log': return onShowLog();
      case 'reveal': return attempt(() => api.revealFile({ id: task.id, which: 'input', index: 0 }));
      case 'dependency': return dependency === undefined ? undefined : openTask(dependency);
      case 'chooseFile': return attempt(async () => {
        const input = await chooseFile(canUseFiles);
        if (input !== null) await replaceTask(task, { input });
      });
      case 'chooseFolder': return canUseFiles ? attempt(() => chooseFolder(task)) : setIsAskingFolder(true);
    }
  };
  return (
    <div className={classes.cures}>
      {cures.map((cure, index) => {
        const variant = index === 0 ? 'filled' : 'default';
        if (cure === 'chooseRecipe') return <RecipeCure key={cure} task={task} variant={variant} />;
        return <Button key={cure} size="compact-sm" variant={variant} onClick={() => take(cure)}>{t(`cure.${cure}`)}</Button>;
      })}
      {isAskingFolder && <FolderDialog onClose={() => setIsAskingFolder(false)} onChoose={(outputDir) => attempt(() => replaceTask(task, { outputDir }))} />}
    </div>
  );
}

async function chooseFolder(task: Task): Promise<void> {
  const { paths: [outputDir] } = await api.chooseFiles({ kind: 'folder' });
  if (outputDir !== undefined) await replaceTask(task, { outputDir });
}

function RecipeCure({ task, variant }: { readonly task: Task; readonly variant: string }) {
  const { t } = useTranslation('task');
  const recipes = useMirror((mirror) => mirror.recipes);
  return (
    <Menu width={320} position="bottom-start" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button size="compact-sm" variant={variant} rightSection={<IconChevronDown size={14} aria-hidden />}>{t('cure.chooseRecipe')}</Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.recipes}>
        {recipes.filter(({ name, type }) => name !== task.recipe && type !== 'report' && type !== 'maintenance').map(({ name }) => (
          <Menu.Item key={name} onClick={() => attempt(() => replaceTask(task, { recipe: name }))}>
            <Text size="sm">{recipeName(name)}</Text>
            <Text size="xs">{describeRecipe(name)}</Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
