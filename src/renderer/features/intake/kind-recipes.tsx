import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { KindIcon } from '../../ui/type-icon.tsx';
import { kindsOf, recipesOfKind } from './intake-plan.ts';
import { chooseForKind, useIntake } from './intake-store.ts';
import { RecipePicker } from './recipe-picker.tsx';
import classes from './kind-recipes.module.css';

/** One choice for all files of a kind; it is remembered for the next time. */
export function KindRecipes() {
  const { t } = useTranslation('intake');
  const files = useIntake((intake) => intake.files);
  const choices = useIntake((intake) => intake.choices);
  const kinds = useMemo(() => kindsOf(files).map((kind) => ({ kind, recipes: recipesOfKind(files, kind), count: files.filter((file) => file.kind === kind && file.problem === null).length })), [files]);
  return (
    <div className={classes.kinds}>
      {kinds.map(({ kind, recipes, count }) => (
        <div key={kind} className={classes.kind}>
          <KindIcon kind={kind} />
          <span className={classes.count}>{t(`count.${kind}`, { count })}</span>
          <div className={classes.picker}>
            <RecipePicker
              label={t('recipeForKind', { kind: t(`kinds.${kind}`) })} recipes={recipes}
              chosen={choices.byKind[kind]?.filter((name) => recipes.includes(name)) ?? []} onChange={(chosen) => chooseForKind(kind, chosen)}
            />
          </div>
        </div>
      ))}
    </div>
  );
}
