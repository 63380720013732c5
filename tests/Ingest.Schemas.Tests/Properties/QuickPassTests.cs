using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Schemas.Tests;

/// <summary>What is judged while it is read has the verdict and the errors of what is indexed and judged then.</summary>
public sealed class QuickPassTests
{
    private const string Sample =
        """
        { "user":"u12","session" : "c6ef3124-b53a-4b13-a233-0088f79dcbcb","n":-1.5,"i":17,"k":"edge","\u0061b":"åä",
          "list":[1,[],{}],"in":{"x":null,"y":[true]},"z\\\"":1e2,"free":{"a":[{"b":"\n"}]}}
        """;

    private const string SampleSchema =
        """
        {
          "type": "object",
          "properties": {
            "user": {"type": "string", "pattern": "^u[0-9]{1,9}$"},
            "session": {"type": "string", "maxLength": 36},
            "n": {"type": "number", "minimum": -2},
            "i": {"type": "integer", "minimum": 1, "maximum": 20, "multipleOf": 1},
            "k": {"enum": ["edge", "fox", 1]},
            "ab": {"minLength": 2, "maxLength": 3},
            "list": {"type": "array", "maxItems": 4, "items": {"type": ["integer", "array", "object"]}},
            "in": {"type": "object", "properties": {"x": {"type": "null"}, "y": {"items": {"type": "boolean"}}}, "additionalProperties": false},
            "z\\\"": {"type": "number"},
            "free": {}
          },
          "required": ["user", "i", "ab"],
          "additionalProperties": {"type": "string"}
        }
        """;

    [Theory]
    [InlineData("{}", true)]
    [InlineData("true", true)]
    [InlineData("false", true)]
    [InlineData("""{"properties": {"a": {"items": {"enum": [1, "x"]}}}, "required": ["a"], "additionalProperties": false}""", true)]
    [InlineData("""{"properties": {"a": {"anyOf": [true]}}}""", false)]
    [InlineData("""{"properties": {"a": {"const": [1]}}}""", false)]
    [InlineData("""{"items": {"enum": [1, {}]}}""", false)]
    [InlineData("""{"items": {"$ref": "#"}}""", false)]
    [InlineData("""{"$dynamicAnchor": "a", "items": {"$dynamicRef": "#a"}}""", false)]
    [InlineData("""{"patternProperties": {"a": true}}""", false)]
    [InlineData("""{"propertyNames": {"maxLength": 1}}""", false)]
    [InlineData("""{"prefixItems": [true]}""", false)]
    [InlineData("""{"contains": true}""", false)]
    [InlineData("""{"uniqueItems": true}""", false)]
    [InlineData("""{"not": false}""", false)]
    [InlineData("""{"additionalProperties": {"unevaluatedProperties": false}}""", false)]
    [InlineData("""{"dependentRequired": {"a": ["b"]}}""", false)]
    [InlineData("""{"items": {"pattern": "^(a|b)c"}}""", true)]
    [InlineData("""{"items": {"pattern": "^(?=a)"}}""", false)]
    public void Is_for_schemas_of_the_plain_keywords(string schema, bool isQuick) =>
        Assert.Equal(isQuick, Judge.Compile(schema).IsQuick);

    [Fact]
    public void Each_byte_of_an_instance_matters_as_it_does_to_the_index()
    {
        var schema = Judge.Compile(SampleSchema);
        var sample = Encoding.UTF8.GetBytes(Sample);
        var verdicts = new Dictionary<bool, int> { [true] = 0, [false] = 0 };
        Assert.True(schema.IsQuick);
        Assert.True(AssertSame(schema, sample));
        for (var at = 0; at <= sample.Length; at++)
        {
            AssertSame(schema, sample[..at]);
            AssertSame(schema, [.. sample[..at], .. sample.AsSpan(Math.Min(at + 1, sample.Length))]);
            for (var value = 0; value < 256; value++)
            {
                verdicts[AssertSame(schema, [.. sample[..at], (byte)value, .. sample.AsSpan(at)])]++;
                verdicts[AssertSame(schema, [.. sample[..at], (byte)value, .. sample.AsSpan(Math.Min(at + 1, sample.Length))])]++;
            }
        }

        Assert.True(verdicts[true] > 5_000 && verdicts[false] > 5_000);
    }

    [Fact]
    public void Random_schemas_of_the_plain_keywords_and_instances_have_one_verdict()
    {
        var random = new Random(17);
        var verdicts = new Dictionary<bool, int> { [true] = 0, [false] = 0 };
        for (var i = 0; i < 3_000; i++)
        {
            var text = Schema(random, depth: 2);
            var schema = Judge.Compile(text);
            Assert.True(schema.IsQuick, text);
            for (var j = 0; j < 15; j++)
                verdicts[AssertSame(schema, Encoding.UTF8.GetBytes(Instance(random, depth: 3)), text)]++;
        }

        Assert.True(verdicts[true] > 4_500 && verdicts[false] > 4_500);
    }

    [Fact]
    public void Any_schema_has_the_verdict_and_the_errors_of_the_index() =>
        Prop.ForAll(Samples.All, sample =>
        {
            var schema = Judge.Compile(sample.Schema);
            var instance = Encoding.UTF8.GetBytes(sample.Instance);
            List<SchemaError>? errors = null, expected = null;
            var isValid = schema.Validate(instance, ref errors);
            return isValid == schema.ValidateIndexed(instance, ref expected) && (errors ?? []).SequenceEqual(expected ?? []);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    [Theory]
    [InlineData("[[[[1]]]]")]
    [InlineData("[[[[[1]]]]]")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}")]
    [InlineData("{\"a\":[{\"a\":[{}]}]}")]
    [InlineData("[1234567890123456789012345678901]")]
    [InlineData("[1e401]")]
    [InlineData("[-1e-400]")]
    public void Limits_are_those_of_the_index(string instance)
    {
        var limits = new SchemaLimits { InstanceDepthMax = 4, NumberCharsMax = 30, NumberExponentMax = 400, RecursionMax = 3 };
        foreach (var schema in (ReadOnlySpan<string>)["{}", """{"items": {"items": {"items": {"maxItems": 1}}}}"""])
            AssertSame(Judge.Compile(schema, new SchemaOptions { Limits = limits }), Encoding.UTF8.GetBytes(instance));
    }

    [Fact]
    public void Work_beyond_the_limit_is_never_valid()
    {
        var items = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 2_000))}]");
        foreach (var schema in (ReadOnlySpan<string>)["""{"items": {"type": "number"}}""", """{"items": {"pattern": "^a"}}"""])
        {
            foreach (var workMax in (ReadOnlySpan<int>)[1, 100, 1_999, 2_000, 2_001, 10_000, 100_000])
            {
                var compiled = Judge.Compile(schema, new SchemaOptions { Limits = new SchemaLimits { WorkMax = workMax } });
                List<SchemaError>? errors = null;
                Assert.Equal(workMax > 2_000, compiled.ValidateIndexed(items, ref errors));
                Assert.True(workMax > 2_000 || !compiled.IsSurelyValid(items));
                Assert.True(workMax < 100_000 || compiled.IsSurelyValid(items));
            }
        }
    }

    /// <returns>The verdict.</returns>
    private static bool AssertSame(JsonSchema schema, byte[] instance, string text = SampleSchema)
    {
        List<SchemaError>? errors = null;
        var isValid = schema.ValidateIndexed(instance, ref errors);
        if (schema.IsSurelyValid(instance) != isValid)
            Assert.Fail($"By the index {(isValid ? "valid" : errors![0].Message)}, read otherwise: {Encoding.Latin1.GetString(instance)} by {text}");
        return isValid;
    }

    private static string Schema(Random random, int depth)
    {
        string[] strings = ["\"a\"", "\"b\"", "\"é\"", "1", "null", "1.50"];
        var keywords = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var count = random.Next(4); count > 0; count--)
        {
            var below = depth == 0 ? "true" : Schema(random, depth - 1);
            var (name, value) = random.Next(depth == 0 ? 9 : 16) switch
            {
                0 => ("type", Of(random, "\"string\"", "\"number\"", "\"integer\"", "[\"integer\",\"null\"]", "[\"boolean\",\"string\"]")),
                1 => ("enum", $"[{string.Join(',', Enumerable.Range(0, 3).Select(_ => Of(random, strings)))}]"),
                2 => (Of(random, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), Of(random, "0", "1", "-1", "1.5", "2e0")),
                3 => ("multipleOf", Of(random, "1", "0.5")),
                4 => (Of(random, "minLength", "maxLength"), Of(random, "0", "1", "2", "3")),
                5 => ("pattern", Of(random, "\"^[a-z]+$\"", "\"a\"", "\"^(a|b)$\"")),
                6 => (Of(random, "minItems", "maxItems", "minProperties", "maxProperties"), Of(random, "0", "1", "2")),
                7 => ("required", Of(random, "[\"a\"]", "[\"a\",\"b\"]", "[\"c\\\"\"]")),
                8 => ("type", Of(random, "\"object\"", "\"array\"", "[\"object\",\"array\",\"number\"]")),
                <= 11 => ("properties", $"{{\"a\":{below},\"b\":{(depth == 0 ? "{}" : Schema(random, depth - 1))},\"c\\\"\":{{}}}}"),
                12 => ("additionalProperties", Of(random, "false", "true", below)),
                _ => ("items", below),
            };
            keywords[name] = value;
        }

        return $"{{{string.Join(',', keywords.Select(keyword => $"\"{keyword.Key}\":{keyword.Value}"))}}}";
    }

    private static string Instance(Random random, int depth)
    {
        var space = Of(random, "", "", " ", "\n\t");
        return random.Next(depth == 0 ? 6 : 10) switch
        {
            0 => Of(random, "null", "true", "false"),
            <= 2 => Of(random, "0", "1", "-1", "1.5", "1.0", "-1.5", "15e-1", "2", "123456789012345678901"),
            <= 5 => Of(random, "\"\"", "\"a\"", "\"b\"", "\"é\"", "\"\\u0061\"", "\"aaa\"", "\"\\ud800\"", "\"🐲\"", "\"ab cd ef gh ij kl\""),
            <= 7 => $"[{space}{string.Join($",{space}", Enumerable.Range(0, random.Next(4)).Select(_ => Instance(random, depth - 1)))}{space}]",
            _ => $"{{{space}{string.Join($"{space},", Enumerable.Range(0, random.Next(4)).Select(_ =>
                $"{Of(random, "\"a\"", "\"a\"", "\"b\"", "\"\\u0061\"", "\"c\\\"\"", "\"d\"")}{Of(random, ":", ":", " : ")}{Instance(random, depth - 1)}"))}{space}}}",
        };
    }

    private static string Of(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
