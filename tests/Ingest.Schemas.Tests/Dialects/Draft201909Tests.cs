namespace Ingest.Schemas.Tests;

/// <summary>What sets 2019-09 apart from draft 7 and 2020-12. The suite at hand has no files for it.</summary>
public sealed class Draft201909Tests
{
    [Theory]
    [InlineData("""{"dependentRequired": {"a": ["b", "c"]}}""", """{"a": 1, "b": 2, "c": 3}""", true)]
    [InlineData("""{"dependentRequired": {"a": ["b", "c"]}}""", """{"a": 1, "b": 2}""", false)]
    [InlineData("""{"dependentRequired": {"a": ["b", "c"]}}""", """{"b": 1}""", true)]
    [InlineData("""{"dependentSchemas": {"a": {"minProperties": 2}}}""", """{"a": 1}""", false)]
    [InlineData("""{"dependentSchemas": {"a": {"minProperties": 2}}}""", """{"b": 1}""", true)]
    [InlineData("""{"contains": {"type": "string"}, "minContains": 2, "maxContains": 3}""", """["a", 1]""", false)]
    [InlineData("""{"contains": {"type": "string"}, "minContains": 2, "maxContains": 3}""", """["a", 1, "b"]""", true)]
    [InlineData("""{"contains": {"type": "string"}, "minContains": 2, "maxContains": 3}""", """["a", "b", "c", "d"]""", false)]
    [InlineData("""{"contains": {"type": "string"}, "minContains": 0}""", "[]", true)]
    [InlineData("""{"minContains": 2}""", "[]", true)]
    [InlineData("""{"items": [{"type": "string"}], "additionalItems": {"type": "number"}}""", """["a", 1]""", true)]
    [InlineData("""{"items": [{"type": "string"}], "additionalItems": {"type": "number"}}""", """["a", "b"]""", false)]
    [InlineData("""{"items": {"type": "number"}, "additionalItems": false}""", "[1, 2]", true)]
    [InlineData("""{"prefixItems": [false]}""", "[1]", true)]
    [InlineData("""{"$ref": "#/$defs/short", "minLength": 2, "$defs": {"short": {"maxLength": 3}}}""", "\"a\"", false)]
    [InlineData("""{"$ref": "#/$defs/short", "minLength": 2, "$defs": {"short": {"maxLength": 3}}}""", "\"abcd\"", false)]
    [InlineData("""{"$ref": "#/$defs/short", "minLength": 2, "$defs": {"short": {"maxLength": 3}}}""", "\"abc\"", true)]
    [InlineData("""{"format": "ipv4"}""", "\"no\"", true)]
    public void Has_its_own_keywords(string schema, string instance, bool isValid) =>
        Assert.Equal(isValid, Judge.Compile(SchemaDialect.Draft201909, schema).IsValid(instance));

    [Theory]
    [InlineData("""{"properties": {"a": true}, "unevaluatedProperties": false}""", """{"a": 1}""", true)]
    [InlineData("""{"properties": {"a": true}, "unevaluatedProperties": false}""", """{"b": 1}""", false)]
    [InlineData("""{"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}""", """{"a": 1}""", true)]
    [InlineData("""{"anyOf": [{"properties": {"a": true}}, {"required": ["b"], "properties": {"b": true}}], "unevaluatedProperties": false}""", """{"a": 1, "b": 1}""", true)]
    [InlineData("""{"anyOf": [{"properties": {"a": true}}, {"required": ["c"], "properties": {"b": true}}], "unevaluatedProperties": false}""", """{"a": 1, "b": 1}""", false)]
    [InlineData("""{"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "else": {"properties": {"b": true}}, "unevaluatedProperties": false}""", """{"a": 1}""", true)]
    [InlineData("""{"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "else": {"properties": {"b": true}}, "unevaluatedProperties": false}""", """{"a": 2, "b": 1}""", false)]
    [InlineData("""{"not": {"properties": {"a": true}, "required": ["b"]}, "unevaluatedProperties": false}""", """{"a": 1}""", false)]
    [InlineData("""{"dependentSchemas": {"a": {"properties": {"a": true, "b": true}}}, "unevaluatedProperties": false}""", """{"a": 1, "b": 1}""", true)]
    [InlineData("""{"dependentSchemas": {"a": {"properties": {"a": true, "b": true}}}, "unevaluatedProperties": false}""", """{"b": 1}""", false)]
    [InlineData("""{"properties": {"a": true}, "allOf": [{"unevaluatedProperties": {"type": "string"}}], "unevaluatedProperties": false}""", """{"b": "x"}""", true)]
    [InlineData("""{"properties": {"a": true}, "allOf": [{"unevaluatedProperties": {"type": "string"}}]}""", """{"a": 1}""", false)]
    [InlineData("""{"items": [true], "unevaluatedItems": false}""", "[1]", true)]
    [InlineData("""{"items": [true], "unevaluatedItems": false}""", "[1, 2]", false)]
    [InlineData("""{"items": true, "unevaluatedItems": false}""", "[1, 2]", true)]
    [InlineData("""{"items": [true], "additionalItems": true, "unevaluatedItems": false}""", "[1, 2]", true)]
    [InlineData("""{"allOf": [{"items": [true, true]}], "items": [true], "unevaluatedItems": {"type": "string"}}""", """[1, 2, "x"]""", true)]
    [InlineData("""{"contains": {"const": 1}, "unevaluatedItems": false}""", "[1]", false)]
    public void Tracks_what_was_evaluated(string schema, string instance, bool isValid) =>
        Assert.Equal(isValid, Judge.Compile(SchemaDialect.Draft201909, schema).IsValid(instance));

    [Fact]
    public void Contains_counts_as_evaluated_only_from_2020_12_on()
    {
        const string Schema = """{"contains": {"const": 1}, "unevaluatedItems": false}""";
        Assert.True(Judge.Compile(SchemaDialect.Draft202012, Schema).IsValid("[1]"));
        Assert.False(Judge.Compile(SchemaDialect.Draft202012, Schema).IsValid("[1, 2]"));
    }

    [Fact]
    public void Anchors_name_subschemas()
    {
        var schema = Judge.Compile(
            SchemaDialect.Draft201909,
            """{"properties": {"a": {"$ref": "#short"}}, "$defs": {"s": {"$anchor": "short", "maxLength": 2}}}""");
        Assert.True(schema.IsValid("""{"a": "ab"}"""));
        Assert.False(schema.IsValid("""{"a": "abc"}"""));
    }

    [Fact]
    public void A_recursive_reference_goes_to_the_outermost_recursive_anchor()
    {
        var options = new SchemaOptions
        {
            Dialect = SchemaDialect.Draft201909,
            Resolver = uri => uri == "http://example.com/tree"
                ? """
                  {
                    "$schema": "https://json-schema.org/draft/2019-09/schema",
                    "$id": "http://example.com/tree",
                    "$recursiveAnchor": true,
                    "type": "object",
                    "properties": {"children": {"type": "array", "items": {"$recursiveRef": "#"}}}
                  }
                  """u8.ToArray()
                : null,
        };
        var strict = Judge.Compile(
            """{"$id": "http://example.com/strict", "$recursiveAnchor": true, "$ref": "tree", "properties": {"children": true}, "unevaluatedProperties": false}""",
            options);
        var loose = Judge.Compile("""{"$id": "http://example.com/loose", "$ref": "tree"}""", options);

        Assert.True(strict.IsValid("""{"children": [{"children": []}]}"""));
        Assert.False(strict.IsValid("""{"children": [{"chilren": []}]}"""));
        Assert.True(loose.IsValid("""{"children": [{"chilren": []}]}"""));
        Assert.False(loose.IsValid("""{"children": [1]}"""));
    }

    [Fact]
    public void A_recursive_reference_without_an_anchor_is_a_plain_one()
    {
        var schema = Judge.Compile(
            SchemaDialect.Draft201909, """{"type": ["object", "integer"], "additionalProperties": {"$recursiveRef": "#"}}""");
        Assert.True(schema.IsValid("""{"a": {"b": 1}}"""));
        Assert.False(schema.IsValid("""{"a": {"b": "x"}}"""));
    }

    [Fact]
    public void Its_metaschema_judges_schemas()
    {
        var metaschema = Judge.Compile("""{"$ref": "https://json-schema.org/draft/2019-09/schema"}""");
        Assert.True(metaschema.IsValid("""{"$defs": {"a": {"items": [{"minContains": 1}]}}}"""));
        Assert.False(metaschema.IsValid("""{"$defs": {"a": {"items": [{"minContains": -1}]}}}"""));
        Assert.False(metaschema.IsValid("""{"$anchor": "#no"}"""));
    }

    [Fact]
    public void Formats_assert_when_asked_to()
    {
        var options = new SchemaOptions { Dialect = SchemaDialect.Draft201909, AssertFormat = true };
        Assert.False(Judge.Compile("""{"format": "ipv4"}""", options).IsValid("\"no\""));
        Assert.True(Judge.Compile("""{"format": "no-such-format"}""", options).IsValid("\"no\""));
    }
}
