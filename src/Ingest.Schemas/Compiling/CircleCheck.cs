namespace Ingest.Schemas;

/// <summary>
/// Refuses schemas that apply themselves to the same value again and again, such as <c>{"$ref": "#"}</c>: judging would
/// never end. Circles that go down into the value are fine, since every value ends.
/// </summary>
internal static class CircleCheck
{
    private enum State
    {
        Open,
        Done,
    }

    /// <exception cref="SchemaException">There is such a circle, or a chain longer than <paramref name="depthMax"/>.</exception>
    public static void Run(IEnumerable<SchemaNode> nodes, int depthMax)
    {
        var states = new Dictionary<SchemaNode, State>();
        foreach (var node in nodes)
            Visit(node, depthMax, states);
    }

    private static void Visit(SchemaNode node, int depthLeft, Dictionary<SchemaNode, State> states)
    {
        if (states.TryGetValue(node, out var state))
        {
            if (state == State.Open)
            {
                throw new SchemaException(
                    node.Location,
                    "the schema refers back to itself for the same value, which never ends; "
                    + "refer to it from a property or an item");
            }

            return;
        }

        if (depthLeft == 0)
            throw new SchemaException(node.Location, "the chain of references and alternatives to this schema is too long");
        states[node] = State.Open;
        foreach (var keyword in node.Keywords)
        {
            foreach (var next in keyword.OnSameValue)
                Visit(next, depthLeft - 1, states);
        }

        states[node] = State.Done;
    }
}
