using System.Text;

namespace Ingest.Schemas.Tests;

/// <summary>Valid instances cost no memory, once pools and caches are warm.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 20;
    private const int WarmUps = 200;
    private const int Runs = 100;

    /// <summary>Twenty properties of the usual kinds, in the way of event schemas.</summary>
    private const string EventSchema =
        """
        {
          "$schema": "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#",
          "self": {"vendor": "com.acme", "name": "order", "format": "jsonschema", "version": "1-0-0"},
          "type": "object",
          "properties": {
            "id": {"type": "string", "format": "uuid"},
            "at": {"type": "string", "format": "date-time"},
            "user": {"type": ["string", "null"], "maxLength": 64},
            "email": {"type": "string", "format": "email"},
            "page": {"type": "string", "format": "uri", "maxLength": 4096},
            "ip": {"type": "string", "format": "ipv4"},
            "currency": {"enum": ["EUR", "USD", "SEK", null]},
            "total": {"type": "number", "minimum": 0, "multipleOf": 0.01},
            "count": {"type": "integer", "minimum": 0, "maximum": 2147483647},
            "isNew": {"type": "boolean"},
            "code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"},
            "tags": {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 10, "uniqueItems": true},
            "item": {"$ref": "#/definitions/item"},
            "items": {"type": "array", "items": {"$ref": "#/definitions/item"}},
            "a": {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 3}]},
            "b": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
            "c": {"allOf": [{"minimum": 1}, {"maximum": 5}]},
            "d": {"not": {"type": "null"}},
            "e": {"type": "string", "minLength": 2, "maxLength": 4},
            "f": {}
          },
          "required": ["id", "at", "total"],
          "additionalProperties": false,
          "definitions": {
            "item": {
              "type": "object",
              "properties": {"sku": {"type": "string"}, "price": {"type": "number"}, "quantity": {"type": "integer"}},
              "required": ["sku"],
              "additionalProperties": false
            }
          }
        }
        """;

    private const string Event =
        """
        {
          "id": "c6ef3124-b53a-4b13-a233-0088f79dcbcb", "at": "2026-11-21T20:15:30.123Z", "user": null,
          "email": "joe@example.com", "page": "https://example.com/a/b?c=d#e", "ip": "192.168.0.1", "currency": "EUR",
          "total": 123.45, "count": 17, "isNew": true, "code": "ABC-123", "tags": ["x", "y", "z"],
          "item": {"sku": "s-1", "price": 1.5, "quantity": 2}, "items": [{"sku": "s-1"}, {"sku": "s-2", "price": 12e-1}],
          "a": "text", "b": 12, "c": 3, "d": "x", "e": "åäö\u0021", "f": {"free": [1, 2, {"form": null}]}
        }
        """;

    [Fact]
    public void An_event_of_twenty_properties_costs_nothing() => AssertFree(EventSchema, Event);

    [Fact]
    public void Unevaluated_members_and_dynamic_references_cost_nothing() => AssertFree(
        """
        {
          "$dynamicAnchor": "node",
          "properties": {"children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
          "patternProperties": {"^x-": {"type": "string"}},
          "anyOf": [{"properties": {"a": true}}, {"required": ["b"], "properties": {"b": true}}],
          "dependentRequired": {"a": ["b"]},
          "unevaluatedProperties": false
        }
        """,
        """{"children": [{"a": 1, "b": 2, "children": []}], "x-y": "z"}""");

    [Fact]
    public void A_look_up_in_a_folder_costs_nothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("schemas/com.acme/order/jsonschema/1-0-0", EventSchema);
        var schemas = new SchemaFolder(folder.Path);

        SchemaLookup found = default, unknown = default;
        Assert.Equal(0, Allocated(() =>
        {
            found = schemas.Find("iglu:com.acme/order/jsonschema/1-0-0"u8);
            unknown = schemas.Find("iglu:com.acme/order/jsonschema/9-0-0"u8);
        }));
        Assert.Equal((SchemaLookupStatus.Found, SchemaLookupStatus.Unknown), (found.Status, unknown.Status));
    }

    private static void AssertFree(string schema, string instance)
    {
        var compiled = Judge.Compile(schema);
        var bytes = Encoding.UTF8.GetBytes(instance);
        Assert.Empty(compiled.Errors(bytes));

        List<SchemaError>? errors = null;
        Assert.Equal(0, Allocated(() => compiled.Validate(bytes, ref errors)));
        Assert.Null(errors);
    }

    /// <summary>
    /// Bytes that an action allocates when warm: the least of several rounds, as a collection elsewhere in the process may
    /// empty the shared pools in between.
    /// </summary>
    private static long Allocated(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            for (var i = 0; i < WarmUps; i++)
                action();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Runs; i++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
