using System.Text;

namespace Ingest.Schemas.Tests;

/// <summary>Where errors point to and what they say.</summary>
public sealed class ErrorTests
{
    private const string Uri = "iglu:com.acme/signup/jsonschema/1-0-0";

    [Theory]
    [InlineData("""{"type": "string"}""", "12", "", "/type", "found the number 12, expected a string")]
    [InlineData("""{"type": ["integer", "null"]}""", "\"x\"", "", "/type", "found the string \"x\", expected an integer or null")]
    [InlineData("""{"enum": ["a", 1]}""", "\"b\"", "", "/enum", "found the string \"b\", expected one of \"a\", 1")]
    [InlineData("""{"const": 1}""", "[1, 2]", "", "/const", "found an array of 2 items, expected 1")]
    [InlineData("""{"minimum": 18}""", "17.5", "", "/minimum", "found the number 17.5, expected a number at least 18")]
    [InlineData("""{"exclusiveMaximum": 18}""", "18", "", "/exclusiveMaximum", "found the number 18, expected a number below 18")]
    [InlineData("""{"multipleOf": 0.01}""", "0.015", "", "/multipleOf", "found the number 0.015, expected a multiple of 0.01")]
    [InlineData("""{"maxLength": 2}""", "\"abc\"", "", "/maxLength", "found the string \"abc\" of 3 characters, expected at most 2 characters")]
    [InlineData("""{"pattern": "^a+$"}""", "\"b\"", "", "/pattern", "found the string \"b\", expected a match of /^a+$/")]
    [InlineData("""{"minItems": 1}""", "[]", "", "/minItems", "found an array of 0 items, expected at least 1 items")]
    [InlineData("""{"maxProperties": 0}""", """{"a": 1}""", "", "/maxProperties", "found an object of 1 member, expected at most 0 members")]
    [InlineData("""{"required": ["a"]}""", "{}", "", "/required", "the required member \"a\" is missing")]
    [InlineData("""{"dependentRequired": {"a/b": ["c"]}}""", """{"a/b": 1}""", "", "/dependentRequired/a~1b", "the member \"c\" is missing, which \"a/b\" requires")]
    [InlineData("""{"properties": {"a": {"type": "null"}}}""", """{"b": 1, "a": 2}""", "/a", "/properties/a/type", "found the number 2, expected null")]
    [InlineData("""{"additionalProperties": false}""", """{"x~/y": 1}""", "/x~0~1y", "/additionalProperties", "found the name \"x~/y\", expected only members that the schema names")]
    [InlineData("""{"unevaluatedProperties": false}""", """{"x": 1}""", "/x", "/unevaluatedProperties", "found the name \"x\", expected only members that the schema names")]
    [InlineData("""{"patternProperties": {"^x": {"type": "null"}}}""", """{"xy": 1}""", "/xy", "/patternProperties/^x/type", "found the number 1, expected null")]
    [InlineData("""{"propertyNames": {"maxLength": 1}}""", """{"xy": 1}""", "/xy", "/propertyNames/maxLength", "found the name \"xy\" of 2 characters, expected at most 1 characters")]
    [InlineData("""{"items": {"type": "null"}}""", "[null, [1]]", "/1", "/items/type", "found an array of 1 item, expected null")]
    [InlineData("""{"prefixItems": [true], "items": false}""", "[1, 2]", "/1", "/items", "found the number 2, expected no value")]
    [InlineData("""{"prefixItems": [true], "unevaluatedItems": false}""", "[1, 2]", "/1", "/unevaluatedItems", "found the number 2, expected no further items")]
    [InlineData("""{"uniqueItems": true}""", "[1, 2, 1.0]", "/2", "/uniqueItems", "found the number 1.0 a second time, expected items to differ; first at /0")]
    [InlineData("""{"contains": {"const": 1}}""", "[2]", "", "/contains", "found 0 items that match the schema iglu:com.acme/signup/jsonschema/1-0-0#/contains, expected at least 1")]
    [InlineData("""{"contains": true, "maxContains": 1}""", "[2, 3]", "", "/maxContains", "found 2 items that match the schema iglu:com.acme/signup/jsonschema/1-0-0#/contains, expected at most 1")]
    [InlineData("""{"not": {"type": "null"}}""", "null", "", "/not", "found null, expected anything that does not match the schema there")]
    [InlineData("""{"oneOf": [{"minimum": 1}, {"maximum": 5}]}""", "3", "", "/oneOf", "found the number 3 that matches alternatives 0 and 1, expected exactly one of 2")]
    [InlineData("""{"anyOf": [{"type": "null"}, {"properties": {"a": {"minimum": 5}}}]}""", """{"a": 1}""", "", "/anyOf", "found an object of 1 member, expected a match of one of 2 alternatives; 0: found an object of 1 member, expected null; 1: at /a found the number 1, expected a number at least 5")]
    [InlineData("""{"if": true, "then": {"type": "null"}}""", "1", "", "/then/type", "found the number 1, expected null")]
    [InlineData("""{"$ref": "#/$defs/n", "$defs": {"n": {"type": "null"}}}""", "1", "", "/$defs/n/type", "found the number 1, expected null")]
    [InlineData("false", "1", "", "", "found the number 1, expected no value")]
    public void Name_the_place_the_rule_and_what_was_found(
        string schema, string instance, string where, string rule, string message)
    {
        var errors = Judge.Compile(schema, new SchemaOptions { BaseUri = Uri }).Errors(instance);
        Assert.Equal(new SchemaError(where, $"{Uri}#{rule}", message), Assert.Single(errors));
    }

    [Fact]
    public void All_errors_of_an_instance_are_reported()
    {
        var schema = Judge.Compile(
            """
            {
              "required": ["a", "b", "c"],
              "properties": {"a": {"type": "string", "minLength": 2}, "n": {"minimum": 1, "multipleOf": 2}},
              "additionalProperties": false,
              "allOf": [{"maxProperties": 2}, {"$ref": "#/$defs/more"}],
              "$defs": {"more": {"properties": {"a": {"pattern": "^b"}}}}
            }
            """);
        var errors = schema.Errors("""{"a": "x", "n": -1, "z": 1}""");
        Assert.Equal(
            [
                "#/$defs/more/properties/a/pattern", "#/additionalProperties", "#/allOf/0/maxProperties", "#/properties/a/minLength",
                "#/properties/n/minimum", "#/properties/n/multipleOf", "#/required", "#/required",
            ],
            errors.Select(error => error.SchemaLocation).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Errors_are_added_to_those_that_are_there()
    {
        var schema = Judge.Compile("""{"type": "null"}""");
        List<SchemaError>? errors = [new("", "", "from before")];
        Assert.False(schema.Validate("1"u8, ref errors));
        Assert.Equal(2, errors?.Count);
        Assert.True(schema.Validate("null"u8, ref errors));
        Assert.Equal(2, errors?.Count);
    }

    [Fact]
    public void Errors_and_messages_are_bounded()
    {
        var limits = new SchemaLimits { ErrorsMax = 3, MessageCharsMax = 50 };
        var schema = Judge.Compile("""{"additionalProperties": {"type": "null"}}""", new SchemaOptions { Limits = limits });
        var errors = schema.Errors($$"""{"a": "{{new string('x', 500)}}", "b": 1, "c": 1, "d": 1}""");
        Assert.Equal(3, errors.Count);
        Assert.All(errors, error => Assert.InRange(error.Message.Length, 1, 50));
    }

    [Fact]
    public void A_message_never_ends_in_half_a_character()
    {
        var schema = Judge.Compile("""{"type": "null"}""");
        for (var length = 50; length < 70; length++)
        {
            var text = new string('x', length) + string.Concat(Enumerable.Repeat("🐲", 20));
            var message = Assert.Single(schema.Errors($"\"{text}\"")).Message;
            Assert.Equal(message, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(message)));
            Assert.DoesNotContain('\uFFFD', message);
        }
    }

    [Fact]
    public void An_id_in_the_schema_is_its_location()
    {
        var schema = Judge.Compile(
            """
            {
              "$id": "http://example.com/a",
              "properties": {"x": {"$ref": "b#/properties/y"}},
              "$defs": {"b": {"$id": "b", "properties": {"y": {"type": "null"}}}}
            }
            """,
            new SchemaOptions { BaseUri = Uri });
        Assert.Equal("http://example.com/b#/properties/y/type", Assert.Single(schema.Errors("""{"x": 1}""")).SchemaLocation);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("1 2")]
    [InlineData("nul")]
    [InlineData("'a'")]
    [InlineData("01")]
    [InlineData("// x\n1")]
    [InlineData("\"\\x\"")]
    [InlineData("NaN")]
    public void What_is_not_one_JSON_value_is_invalid(string instance)
    {
        var error = Assert.Single(Judge.Compile("true").Errors(instance));
        Assert.Equal("", error.InstanceLocation);
        Assert.StartsWith("not a single JSON value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_UTF8_is_invalid()
    {
        var schema = Judge.Compile("true");
        Assert.Equal("the bytes are not UTF-8", Assert.Single(schema.Errors([(byte)'"', 0xFF, (byte)'"'])).Message);
        Assert.Equal("the bytes are not UTF-8", Assert.Single(schema.Errors([(byte)'"', 0xED, 0xA0, 0x80, (byte)'"'])).Message);
    }
}
