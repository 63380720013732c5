using System.Text;

namespace Ingest.Collector.Tests;

/// <summary>How a plain JSON body falls into events.</summary>
public sealed class JsonBodyTests
{
    public static TheoryData<string, string[]> Bodies => new()
    {
        // One object, an array.
        { """{"a":1}""", ["""{"a":1}"""] },
        { """ {"a":1} """, ["""{"a":1}"""] },
        { "\uFEFF{\"a\":1}", ["""{"a":1}"""] },
        { """[{"a":1},{"b":2}]""", ["""{"a":1}""", """{"b":2}"""] },
        { "[\n  {\"a\":1},\n  {\"b\":[2]}\n]\n", ["""{"a":1}""", """{"b":[2]}"""] },
        { """[]""", [] },

        // One object a line.
        { "{\"a\":1}\n{\"b\":2}\n", ["""{"a":1}""", """{"b":2}"""] },
        { "{\"a\":1}\r\n\r\n  {\"b\":2}", ["""{"a":1}""", """{"b":2}"""] },
        { "{\"a\":1}\n\"text\"\n7\n[1]\nnull", ["""{"a":1}""", "not an object: \"text\"", "not an object: 7", "not an object: [1]", "not an object: null"] },

        // Pretty-printed ones, alone and after each other.
        { "{\n  \"a\": 1\n}", ["{\n  \"a\": 1\n}"] },
        { "{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n", ["{\n  \"a\": 1\n}", "{\n  \"b\": 2\n}"] },
        { "{\n  \"a\": 1\n}\n{\"b\":2}\n{\"c\":3}\n", ["{\n  \"a\": 1\n}", """{"b":2}""", """{"c":3}"""] },

        // A broken line costs itself alone, wherever it is.
        { "{\"a\":1}\n{\"b\":\n{\"c\":3}\n", ["""{"a":1}""", "broken: {\"b\":", """{"c":3}"""] },
        { "{\"a\":\n{\"b\":2}\n", ["broken: {\"a\":", """{"b":2}"""] },
        { "oops\n{\"b\":2}\n", ["broken: oops", """{"b":2}"""] },
        { "{\"a\":1}\nx\ny\n{\"b\":2}", ["""{"a":1}""", "broken: x", "broken: y", """{"b":2}"""] },
        { "{\"a\":1}\n{\"b\":2", ["""{"a":1}""", "broken: {\"b\":2"] },
        { "{\"a\":1},\n{\"b\":2},\n", ["broken: {\"a\":1},", "broken: {\"b\":2},"] },
        { "{\"a\":1}{\"b\":2}\n{\"c\":3}", ["broken: {\"a\":1}{\"b\":2}", """{"c":3}"""] },
        { "{\"a\":1}\n{\"b\":2} trailing\n{\"c\":3}", ["""{"a":1}""", "broken: {\"b\":2} trailing", """{"c":3}"""] },

        // What is broken and has no lines of its own stays in one piece.
        { "{\n  \"a\": 1,\n  \"b\": }\n}\n", ["broken: {\n  \"a\": 1,\n  \"b\": }\n}\n"] },
        { "{\"a\":1} {\"b\":2}", ["broken: {\"a\":1} {\"b\":2}"] },
        { "a=1&b=2", ["broken: a=1&b=2"] },
        { "a,b\n1,2\n", ["broken: a,b\n1,2\n"] },
        { "<xml/>", ["broken: <xml/>"] },

        // An array that breaks: the items before are events, the rest is one.
        { """[{"a":1},{"b":2},{"c":]""", ["""{"a":1}""", """{"b":2}""", "broken: {\"c\":]"] },
        { """[{"a":1},x,{"b":2}]""", ["""{"a":1}""", "broken: x,{\"b\":2}]"] },
        { """[{"a":1} {"b":2}]""", ["""{"a":1}""", "broken: {\"b\":2}]"] },
        { """[{"a":1},""", ["""{"a":1}"""] },
        { """[{"a":1}""", ["""{"a":1}"""] },
        { """[{"a":1}] and more""", ["""{"a":1}""", "broken: and more"] },
        { """[1,"x",{"a":1},null]""", ["not an object: 1", "not an object: \"x\"", """{"a":1}""", "not an object: null"] },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Events_are_found(string body, string[] expected)
    {
        Assert.Equal(expected, Scan(body));
    }

    [Fact]
    public void Nesting_is_measured_and_does_not_cost_the_neighbours()
    {
        var deep = new string('[', 200) + new string(']', 200);
        var bytes = Encoding.UTF8.GetBytes($$$"""[{"a":{"b":[]}},{"a":{{{deep}}}},{"c":3}]""");
        using var events = new PooledList<JsonEvent>();

        Assert.True(JsonBody.TryScan(bytes, FieldNames.Default, 100, events));

        Assert.Equal([3, 201, 1], events.Items.ToArray().Select(e => e.Depth));
        Assert.All(events.Items.ToArray(), e => Assert.Null(e.Problem));
    }

    [Fact]
    public void Nesting_without_end_is_one_broken_event()
    {
        Assert.StartsWith("broken: ", Assert.Single(Scan(new string('[', 100_000))), StringComparison.Ordinal);
        Assert.StartsWith("broken: ", Assert.Single(Scan(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{},{},{}]")]
    [InlineData("{}\n{}\n{}")]
    [InlineData("{\n}\n{\n}\n{\n}")]
    [InlineData("{}\nx\ny")]
    public void More_events_than_allowed_are_told(string body)
    {
        using var events = new PooledList<JsonEvent>();
        Assert.False(JsonBody.TryScan(Encoding.UTF8.GetBytes(body), FieldNames.Default, 2, events));
        Assert.True(events.Count <= 3);

        events.Clear();
        Assert.True(JsonBody.TryScan(Encoding.UTF8.GetBytes(body), FieldNames.Default, 3, events));
        Assert.Equal(3, events.Count);
    }

    [Fact]
    public void After_many_broken_lines_the_rest_is_one()
    {
        var lines = string.Concat(Enumerable.Repeat("x\n", JsonBody.BrokenLinesMax + 5));
        using var events = new PooledList<JsonEvent>();

        Assert.True(JsonBody.TryScan(Encoding.UTF8.GetBytes("{}\n" + lines), FieldNames.Default, 2000, events));

        Assert.Equal(1 + JsonBody.BrokenLinesMax + 1, events.Count);
        Assert.Equal("x\nx\nx\nx\nx\n".Length, events.Items[^1].Payload.Length);
    }

    private static List<string> Scan(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var events = new PooledList<JsonEvent>();
        Assert.True(JsonBody.TryScan(bytes, FieldNames.Default, 1000, events));
        var found = new List<string>();
        foreach (var e in events.Items)
        {
            var text = Encoding.UTF8.GetString(bytes, e.Payload.Offset, e.Payload.Length);
            found.Add(e.Problem is not null ? $"broken: {text}" : e.IsObject ? text : $"not an object: {text}");
        }
        return found;
    }
}
