namespace Ingest.Schemas.Tests;

/// <summary>What draft 6 adds to draft 4, and what it does not have yet. The suite at hand has no files for it.</summary>
public sealed class Draft6Tests
{
    [Theory]
    [InlineData("""{"const": 1}""", "1.0", true)]
    [InlineData("""{"const": 1}""", "2", false)]
    [InlineData("""{"const": {"a": [1, null]}}""", """{"a": [1e0, null]}""", true)]
    [InlineData("""{"const": null}""", "false", false)]
    [InlineData("""{"contains": {"minimum": 5}}""", "[1, 5]", true)]
    [InlineData("""{"contains": {"minimum": 5}}""", "[1, 2]", false)]
    [InlineData("""{"contains": {"minimum": 5}}""", "[]", false)]
    [InlineData("""{"contains": {"minimum": 5}}""", "{}", true)]
    [InlineData("""{"propertyNames": {"maxLength": 2}}""", """{"ab": 1}""", true)]
    [InlineData("""{"propertyNames": {"maxLength": 2}}""", """{"abc": 1}""", false)]
    [InlineData("""{"propertyNames": false}""", "{}", true)]
    [InlineData("""{"exclusiveMinimum": 3}""", "3", false)]
    [InlineData("""{"exclusiveMinimum": 3}""", "3.0000000000000000001", true)]
    [InlineData("""{"exclusiveMaximum": 3, "maximum": 5}""", "3", false)]
    [InlineData("""{"exclusiveMaximum": 3, "maximum": 5}""", "2.9", true)]
    [InlineData("true", "12", true)]
    [InlineData("false", "12", false)]
    [InlineData("""{"items": [true, false]}""", "[1]", true)]
    [InlineData("""{"items": [true, false]}""", "[1, 2]", false)]
    [InlineData("""{"properties": {"a": false}}""", """{"a": 1}""", false)]
    [InlineData("""{"dependencies": {"a": false, "b": ["c"]}}""", """{"a": 1}""", false)]
    [InlineData("""{"dependencies": {"a": false, "b": ["c"]}}""", """{"b": 1}""", false)]
    [InlineData("""{"dependencies": {"a": false, "b": ["c"]}}""", """{"b": 1, "c": 1}""", true)]
    [InlineData("""{"type": "integer"}""", "1.0", true)]
    public void Has_what_it_adds_to_draft_4(string schema, string instance, bool isValid) =>
        Assert.Equal(isValid, Judge.Compile(SchemaDialect.Draft6, schema).IsValid(instance));

    [Theory]
    [InlineData("""{"if": true, "then": false}""")]
    [InlineData("""{"dependentRequired": {"a": ["b"]}}""")]
    [InlineData("""{"unevaluatedProperties": false}""")]
    [InlineData("""{"contains": {"type": "number"}, "minContains": 3}""")]
    [InlineData("""{"$defs": 12, "prefixItems": 12}""")]
    [InlineData("""{"id": "http://example.com/no-id", "$anchor": 3}""")]
    public void Ignores_keywords_of_later_drafts(string schema)
    {
        var compiled = Judge.Compile(SchemaDialect.Draft6, schema);
        Assert.True(compiled.IsValid("""{"a": 1}"""));
        Assert.True(compiled.IsValid("[1]"));
    }

    [Fact]
    public void Ids_rebase_and_name_subschemas()
    {
        var schema = Judge.Compile(
            """
            {
              "$schema": "http://json-schema.org/draft-06/schema#",
              "$id": "http://example.com/root.json",
              "properties": {
                "byAnchor": {"$ref": "#short"},
                "byId": {"$ref": "other.json"},
                "byPointer": {"$ref": "root.json#/definitions/long"}
              },
              "definitions": {
                "short": {"$id": "#short", "maxLength": 2},
                "long": {"$id": "other.json", "minLength": 3}
              }
            }
            """);
        Assert.True(schema.IsValid("""{"byAnchor": "ab", "byId": "abc", "byPointer": "abc"}"""));
        Assert.Equal(3, schema.Errors("""{"byAnchor": "abc", "byId": "ab", "byPointer": "ab"}""").Count);
    }

    [Fact]
    public void A_reference_hides_its_siblings()
    {
        var schema = Judge.Compile(
            SchemaDialect.Draft6,
            """{"properties": {"a": {"$ref": "#/definitions/any", "maxLength": 1}}, "definitions": {"any": {}}}""");
        Assert.True(schema.IsValid("""{"a": "long"}"""));
    }

    [Fact]
    public void Its_metaschema_judges_schemas()
    {
        var metaschema = Judge.Compile("""{"$schema": "http://json-schema.org/draft-06/schema#", "$ref": "http://json-schema.org/draft-06/schema#"}""");
        Assert.True(metaschema.IsValid("""{"properties": {"a": {"exclusiveMinimum": 1, "const": null}, "b": true}}"""));
        Assert.False(metaschema.IsValid("""{"exclusiveMinimum": true}"""));
        Assert.False(metaschema.IsValid("""{"properties": {"a": {"required": "a"}}}"""));
    }
}
