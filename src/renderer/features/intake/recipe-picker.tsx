import { Menu, Text } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import { describeRecipe, recipeName } from '../../ui/recipes.ts';
import classes from './recipe-picker.module.css';

interface Props {
  /** Whose recipes: for screen readers. */
  readonly label: string;
  readonly recipes: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (recipes: readonly string[]) => void;
}

/** One recipe by a click, several by their checks. */
export function RecipePicker({ label, recipes, chosen, onChange }: Props) {
  const { t } = useTranslation('intake');
  const known = useMirror((mirror) => mirror.recipes);
  const [first] = chosen;
  const shown = first === undefined ? t('noRecipe') : chosen.length === 1 ? recipeName(first) : t('severalRecipes', { first: recipeName(first), count: chosen.length - 1 });
  const [isWanted, setIsWanted] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name];
    // Nothing chosen would be a row that does nothing; leaving the file out is another button.
    if (next.length > 0) onChange(next);
  };
  const button = { text: shown, label: `${label}: ${shown}` };
  // A menu costs more than the rest of its row, and hardly any is ever opened.
  if (!isWanted) return <Target {...button} aria-haspopup="menu" onClick={() => { setIsWanted(true); setIsOpen(true); }} />;
  return (
    <Menu position="bottom-start" width={340} opened={isOpen} onChange={setIsOpen}>
      <Menu.Target><Target {...button} /></Menu.Target>
      <Menu.Dropdown className={classes.list}>
        {recipes.map((name) => {
          const isChosen = chosen.includes(name);
          return (
            <div key={name} className={classes.row}>
              <Menu.Item className={classes.choice} onClick={() => onChange([name])}>
                <Text size="sm" fw={isChosen ? 600 : 400}>{recipeName(name)}</Text>
                <Text size="xs" c="dimmed">{describeRecipe(name, known)}</Text>
              </Menu.Item>
              <Menu.CheckboxItem
                className={classes.check} classNames={{ itemIndicator: classes.indicator ?? '' }} checked={isChosen} onChange={() => toggle(name)}
                aria-label={t('alsoRecipe', { recipe: recipeName(name) })} title={t('alsoRecipe', { recipe: recipeName(name) })}
              >
                <span className={classes.box} data-checked={isChosen}>{isChosen && <IconCheck size={14} aria-hidden />}</span>
              </Menu.CheckboxItem>
            </div>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function Target({ text, label, ...rest }: { readonly text: string; readonly label: string } & ComponentProps<'button'>) {
  return (
    <button type="button" {...rest} className={classes.target} aria-label={label}>
      <span className={classes.text}>{text}</span>
      <IconChevronDown size={14} aria-hidden />
    </button>
  );
}
