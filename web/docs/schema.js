import { h, prose } from './dom.js';

/** Schemas as tables. Both documents keep those that have names in `components/schemas`. */
export class Schemas {
    #named;

    constructor(document) {
        this.#named = document.components.schemas;
    }

    /** The schema itself, where this is a reference to it. Words beside the reference stay. */
    resolve(schema) {
        if (!schema.$ref) return schema;
        const { $ref, ...beside } = schema;
        return { ...this.#named[$ref.split('/').at(-1)], ...beside };
    }

    /** What a value is, in a few words: `string (uuid) or null`. */
    type(schema) {
        if (schema.$ref) return schema.$ref.split('/').at(-1);
        const choices = schema.oneOf ?? schema.anyOf;
        if (choices) return choices.map((choice) => this.type(choice)).join(' or ');
        const types = [schema.type ?? 'anything'].flat();
        return types.map((type) => {
            if (type === 'array') return `array of ${this.type(schema.items)}`;
            if (type === 'object' && schema.additionalProperties) return `object of ${this.type(schema.additionalProperties)}`;
            if (type === 'string' && schema.format) return schema.format === 'date-time' ? 'time' : schema.format;
            return type;
        }).join(' or ');
    }

    /** What else is said of it: words, bounds, a pattern. */
    #bounds(schema) {
        const bounds = [];
        if (schema.enum) bounds.push(schema.enum.filter((word) => word !== null).map((word) => h('code', {}, word)));
        const range = (least, most, unit) => {
            if (least !== undefined && most !== undefined) bounds.push(`${least} to ${most}${unit}`);
            else if (least !== undefined && least !== 0) bounds.push(`from ${least}${unit}`);
            else if (most !== undefined) bounds.push(`at most ${most}${unit}`);
        };
        range(schema.minLength, schema.maxLength, ' characters');
        range(schema.minimum, schema.maximum, '');
        if (schema.pattern) bounds.push(h('code', {}, schema.pattern));
        return bounds.map((bound) => h('span.bound', {}, bound));
    }

    /** The members of an object; those of objects in it below them. */
    table(schema, caption) {
        const resolved = this.resolve(schema);
        const several = resolved.oneOf ?? resolved.anyOf;
        if (several) {
            const choices = several.filter((choice) => choice.type !== 'null');
            if (choices.length === 1) return this.table(choices[0], caption);
            return choices.map((choice, index) => [index ? h('p.or', {}, 'or') : null, this.table(choice, caption)]);
        }
        if (resolved.type === 'array') return this.table(resolved.items, caption);
        const rows = this.#rows(resolved, '', new Set());
        if (rows.length === 0) return h('p.hint', {}, 'No members.');
        return h('div.scroll', { tabindex: '0', role: 'group', 'aria-label': caption }, h('table.members', {}, h('tbody', {}, rows)));
    }

    #rows(schema, prefix, above) {
        return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
            const isRequired = schema.required?.includes(name);
            const row = h('tr', {},
                h('th', { scope: 'row' }, h('span.path', {}, prefix), h('code', {}, name), isRequired ? null : h('span.optional', {}, 'optional')),
                h('td', {}, h('span.type', {}, this.type(member)), this.#bounds(this.resolve(member)),
                    member.description ? h('p', {}, prose(member.description)) : null));
            return [row, ...this.#below(member, `${prefix}${name}`, above)];
        });
    }

    /** The rows of an object inside, unless it stands in itself or is told of elsewhere at length. */
    #below(member, path, above) {
        const choices = member.oneOf?.filter((choice) => choice.type !== 'null') ?? [member];
        if (choices.length !== 1 || path.split('.').length > 3) return [];
        const [inner] = choices;
        const isArray = this.resolve(inner).type === 'array';
        const element = isArray ? this.resolve(inner).items : inner;
        const key = JSON.stringify(element);
        const resolved = this.resolve(element);
        if (!resolved.properties || above.has(key)) return [];
        return this.#rows(resolved, `${path}${isArray ? '[]' : ''}.`, new Set(above).add(key));
    }
}
