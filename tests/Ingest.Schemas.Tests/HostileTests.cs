using System.Text;

namespace Ingest.Schemas.Tests;

/// <summary>Instances that want to hang, crash or fool the validator. Each test ends only because the work is bounded.</summary>
public sealed class HostileTests
{
    [Fact]
    public void Nesting_is_bounded()
    {
        var schema = Judge.Compile("true");
        Assert.True(schema.IsValid(new string('[', 64) + new string(']', 64)));
        Assert.Equal(
            "nested deeper than 64 levels",
            Assert.Single(schema.Errors(new string('[', 65) + new string(']', 65))).Message);
        Assert.Equal(
            "nested deeper than 64 levels",
            Assert.Single(schema.Errors(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)))).Message);
    }

    [Fact]
    public void Numbers_are_bounded()
    {
        var schema = Judge.Compile("""{"type": "number", "multipleOf": 0.123456789}""");
        Assert.Contains("characters", Assert.Single(schema.Errors(new string('9', 1_001))).Message, StringComparison.Ordinal);
        Assert.Contains("exponent", Assert.Single(schema.Errors("1e100001")).Message, StringComparison.Ordinal);
        Assert.Contains("exponent", Assert.Single(schema.Errors("-1.5E-99999999999999999999")).Message, StringComparison.Ordinal);
        Assert.True(schema.IsValid("0e-00000000000000000000000000007"));
    }

    [Fact]
    public void Alternatives_in_alternatives_run_out_of_work()
    {
        // Each level tries the next one twice for the same value: 2^60 steps without a bound.
        var definitions = string.Join(',', Enumerable.Range(0, 60).Select(i =>
            $$"""  "d{{i}}": {"anyOf": [{"$ref": "#/$defs/d{{i + 1}}"}, {"$ref": "#/$defs/d{{i + 1}}"}]} """));
        var schema = Judge.Compile($$"""{"$ref": "#/$defs/d0", "$defs": { {{definitions}}, "d60": {"type": "null"} } }""");
        Assert.True(schema.IsValid("null"));
        Assert.Contains(schema.Errors("1"), error => error.Message.StartsWith("judging takes more than", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_schema_of_the_largest_size_is_compiled_in_steps_that_do_not_grow_with_it()
    {
        // A search for each name among all of them took a minute.
        var names = string.Join(',', Enumerable.Range(100_000, 110_000).Select(i => $"\"{i}\""));
        var schema = await Task.Run(() => Judge.Compile($$"""{"required": [{{names}}]}"""), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Contains(schema.Errors("""{"100000": 1}"""), error => error.Message.Contains("\"100001\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Running_out_of_work_is_never_valid()
    {
        var limits = new SchemaLimits { WorkMax = 1_000 };
        var items = "[" + string.Join(',', Enumerable.Range(0, 2_000)) + "]";
        foreach (var schema in (ReadOnlySpan<string>)
        [
            """{"items": {"type": "number"}}""",
            """{"not": {"items": {"type": "number"}}}""",
            """{"not": {"not": {"uniqueItems": true}}}""",
            """{"if": {"items": {"type": "number"}}, "else": true}""",
            """{"anyOf": [{"items": {"type": "number"}}, true]}""",
            """{"contains": {"const": -1}}""",
        ])
        {
            var errors = Judge.Compile(schema, new SchemaOptions { Limits = limits }).Errors(items);
            Assert.Contains(errors, error => error.Message.StartsWith("judging takes more than 1000 steps", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_error_of_a_given_up_run_is_kept_when_the_list_is_full()
    {
        var limits = new SchemaLimits { WorkMax = 100, ErrorsMax = 2 };
        var schema = Judge.Compile(
            """{"required": ["a", "b"], "properties": {"z": {"items": {"minimum": 0}}}}""", new SchemaOptions { Limits = limits });
        var errors = schema.Errors($$"""{"z": [{{string.Join(',', Enumerable.Repeat("1", 200))}}]}""");
        Assert.InRange(errors.Count, 1, 2);
        Assert.StartsWith("judging takes more", errors[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dynamic_recursion_ends()
    {
        var schema = Judge.Compile(
            """{"$dynamicAnchor": "a", "$ref": "#/$defs/b", "$defs": {"b": {"$dynamicRef": "#a"}}}""");
        Assert.Contains("refers to itself without end", Assert.Single(schema.Errors("1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_deepest_recursion_that_is_allowed_fits_a_small_stack()
    {
        // Every level of the instance goes through members, an item, references and alternatives.
        var schema = Judge.Compile(
            """
            {
              "$ref": "#/$defs/a",
              "$defs": {
                "a": {"allOf": [{"$ref": "#/$defs/b"}]},
                "b": {"anyOf": [false, {"oneOf": [{"$ref": "#/$defs/c"}]}]},
                "c": {"if": true, "then": {"$ref": "#/$defs/d"}},
                "d": {"properties": {"x": {"items": {"$ref": "#/$defs/a"}}}, "unevaluatedProperties": false}
              }
            }
            """);
        var instance = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"x\":[", 32)) + string.Concat(Enumerable.Repeat("]}", 32)));
        var endless = Judge.Compile("""{"$dynamicAnchor": "a", "allOf": [{"anyOf": [{"oneOf": [{"$ref": "#/$defs/b"}]}]}], "$defs": {"b": {"$dynamicRef": "#a"}}}""");
        IReadOnlyList<SchemaError>? errors = null, endlessErrors = null;
        var thread = new Thread(
            () =>
            {
                errors = schema.Errors(instance);
                endlessErrors = endless.Errors(instance);
            },
            maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Empty(errors!);
        Assert.NotEmpty(endlessErrors!);
    }

    [Fact]
    public void Recursion_through_a_not_is_an_error_and_not_valid()
    {
        var schema = Judge.Compile(
            """{"$dynamicAnchor": "a", "not": {"$ref": "#/$defs/b"}, "$defs": {"b": {"$dynamicRef": "#a"}}}""");
        Assert.Contains("refers to itself without end", Assert.Single(schema.Errors("1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_backtracks_for_ever_times_out_as_an_error()
    {
        // The look-ahead keeps the linear-time engine away.
        var limits = new SchemaLimits { PatternTimeout = TimeSpan.FromMilliseconds(20) };
        var schema = Judge.Compile("""{"not": {"pattern": "^(?=a)(a|aa)+$"}}""", new SchemaOptions { Limits = limits });
        var error = Assert.Single(schema.Errors($"\"{new string('a', 60)}b\""));
        Assert.StartsWith("matching /^(?=a)(a|aa)+$/ takes more than 20 ms", error.Message, StringComparison.Ordinal);
        Assert.Equal("#/not/pattern", error.SchemaLocation);
    }

    [Fact]
    public void A_pattern_that_would_backtrack_for_ever_is_matched_in_linear_time()
    {
        var schema = Judge.Compile("""{"pattern": "^(a|a)*(a+)+$"}""");
        for (var i = 0; i < 20; i++)
            Assert.Equal("#/pattern", Assert.Single(schema.Errors($"\"{new string('a', 100_000)}b\"")).SchemaLocation);
    }

    [Fact]
    public void A_large_pattern_on_a_large_text_runs_out_of_work()
    {
        var schema = Judge.Compile("""{"pattern": "^(a|b)*a(a|b){1000}$"}""");
        Assert.StartsWith(
            "judging takes more than", Assert.Single(schema.Errors($"\"{new string('a', 100_000)}\"")).Message, StringComparison.Ordinal);
        Assert.True(schema.IsValid($"\"{new string('a', 1_001)}\""));
    }

    [Fact]
    public void Many_unique_items_are_compared_by_hash()
    {
        var schema = Judge.Compile("""{"uniqueItems": true}""");
        var unique = Enumerable.Range(0, 100_000).Select(i => $"{{\"a\":[{i}]}}").ToList();
        Assert.True(schema.IsValid($"[{string.Join(',', unique)}]"));
        Assert.Equal("/100000", Assert.Single(schema.Errors($"[{string.Join(',', unique)},{{\"a\":[7.0]}}]")).InstanceLocation);
    }

    [Fact]
    public void Many_members_of_one_name_are_no_trouble()
    {
        var schema = Judge.Compile(
            """{"properties": {"a": {"type": "number"}}, "required": ["a", "b"], "dependentRequired": {"a": ["c"]}, "unevaluatedProperties": false}""");
        var members = string.Join(',', Enumerable.Repeat("\"a\":1", 50_000));
        Assert.Equal(2, schema.Errors($"{{{members}}}").Count);
        Assert.Equal("/b", Assert.Single(schema.Errors($"{{{members},\"b\":1}}"), error => error.InstanceLocation.Length > 0).InstanceLocation);
    }

    [Fact]
    public void Repeated_names_cannot_hide_a_value_or_stand_for_a_missing_one()
    {
        var schema = Judge.Compile("""{"properties": {"a": {"type": "number"}}, "required": ["a", "b"]}""");
        Assert.Equal("/a", Assert.Single(schema.Errors("""{"a": "x", "a": 1, "b": 2}""")).InstanceLocation);
        Assert.False(schema.IsValid("""{"a": 1, "a": 1}"""));
        Assert.False(Judge.Compile("""{"const": {"a": 1, "b": 1}}""").IsValid("""{"a": 1, "a": 1}"""));
    }

    [Fact]
    public void Names_with_escapes_are_the_same_names()
    {
        var schema = Judge.Compile(
            """{"properties": {"abc": {"type": "number"}}, "additionalProperties": false, "required": ["abc"], "maxProperties": 1}""");
        Assert.True(schema.IsValid("""{"\u0061b\u0063": 1}"""));
        Assert.False(schema.IsValid("""{"\u0061b\u0063": "x"}"""));
        Assert.False(schema.IsValid("""{"\u0041bc": 1}"""));
    }

    [Fact]
    public void Lone_surrogates_are_characters_that_differ()
    {
        Assert.True(Judge.Compile("""{"maxLength": 2, "minLength": 2}""").IsValid("""
            "\ud800\ud800"
            """));
        Assert.True(Judge.Compile("""{"uniqueItems": true}""").IsValid("""["\ud800", "\ud801"]"""));
        Assert.False(Judge.Compile("""{"uniqueItems": true}""").IsValid("""["\ud800", "\uD800"]"""));
        Assert.True(Judge.Compile("""{"pattern": "^.$"}""").IsValid("\"\\ud800\""));
        Assert.True(Judge.Compile("""{"pattern": "^..$"}""").IsValid("\"a\\udc00\""));
        Assert.True(Judge.Compile("""{"maxLength": 1}""").IsValid("\"\\ud83d\\udc32\""));
    }

    [Fact]
    public void Random_bytes_give_a_verdict_and_never_an_exception()
    {
        var schema = Judge.Compile(
            """{"type": "object", "properties": {"a": {"pattern": "^\\w+$", "format": "date-time"}}, "anyOf": [{"uniqueItems": true}, false], "unevaluatedProperties": {"type": "array"}}""");
        var random = new Random(7);
        var seed = Encoding.UTF8.GetBytes("""{"a": "2020-01-01T00:00:00Z", "b": [1, 2.5e3, "\ud83d\udc32", {"c": null}], "d": "\u0000"}""");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = seed.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            schema.Errors(bytes.AsSpan(0, random.Next(4) == 0 ? random.Next(bytes.Length + 1) : bytes.Length));
        }
    }
}
