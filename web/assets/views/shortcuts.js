/**
 * Keys that work everywhere, but while a dialog is open.
 *
 * @param {{onSearch: () => void, onNeighbour: (step: number) => void, onBack: () => void, onHelp: () => void}} actions
 */
export function listenForShortcuts({ onSearch, onNeighbour, onBack, onHelp }) {
    addEventListener('keydown', (event) => {
        if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]')) return;
        const action = actionOf(event);
        if (!action) return;
        event.preventDefault();
        action();
    });

    function actionOf({ key, altKey, ctrlKey, metaKey, target }) {
        const isWriting = target.matches('input, textarea');
        if ((ctrlKey || metaKey) && key.toLowerCase() === 'k') return onSearch;
        if (altKey && !ctrlKey && key === 'ArrowDown') return () => onNeighbour(1);
        if (altKey && !ctrlKey && key === 'ArrowUp') return () => onNeighbour(-1);
        if (key === 'Escape') return onBack;
        if (isWriting || altKey || ctrlKey || metaKey) return null;
        return { '/': onSearch, '?': onHelp }[key] ?? null;
    }
}
