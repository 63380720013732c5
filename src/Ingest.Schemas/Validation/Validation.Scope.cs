namespace Ingest.Schemas;

/// <content>The dynamic scope: the schema resources through which the run came here, outermost first.</content>
internal ref partial struct Validation
{
    /// <summary>The target in the outermost resource of the scope that has one, or null.</summary>
    /// <param name="targets">Targets by <see cref="ResourceName.Id"/>.</param>
    public readonly SchemaNode? FindOutermost(ReadOnlySpan<SchemaNode?> targets)
    {
        for (var i = 0; i < _open; i++)
        {
            if (targets[_scope![i].Id] is { } target)
                return target;
        }

        return null;
    }
}
