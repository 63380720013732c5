using System.Text;

namespace Ingest.Schemas.Tests;

public sealed class SchemaFolderTests : IDisposable
{
    private const string Schema =
        """{"$schema": "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#", "properties": {"a": {"type": "null"}}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("schemas")]
    public void Takes_the_root_or_the_schemas_folder_in_it(string below)
    {
        _folder.Write("schemas/com.acme/signup/jsonschema/1-0-0", Schema);
        var found = Find(new SchemaFolder(Path.Combine(_folder.Path, below)), "iglu:com.acme/signup/jsonschema/1-0-0");
        Assert.Equal((SchemaLookupStatus.Found, null), (found.Status, found.Message));
        Assert.Equal(
            "iglu:com.acme/signup/jsonschema/1-0-0#/properties/a/type",
            Assert.Single(found.Schema!.Errors("""{"a": 1}""")).SchemaLocation);
    }

    [Fact]
    public void A_found_schema_is_compiled_once()
    {
        _folder.Write("schemas/com.acme/signup/jsonschema/1-0-0", Schema);
        var schemas = new SchemaFolder(_folder.Path);
        var first = Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0");
        File.Delete(Path.Combine(_folder.Path, "schemas/com.acme/signup/jsonschema/1-0-0"));
        Assert.Same(first.Schema, Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0").Schema);
        Assert.Equal(SchemaLookupStatus.Unknown, Find(new SchemaFolder(_folder.Path), "iglu:com.acme/signup/jsonschema/1-0-0").Status);
    }

    [Fact]
    public void A_schema_that_many_look_up_at_once_takes_one_place_in_memory()
    {
        const int Threads = 4;
        _folder.Write("com.acme/signup/jsonschema/1-0-0", Schema);
        _folder.Write("com.acme/order/jsonschema/1-0-0", Schema);
        for (var round = 0; round < 20; round++)
        {
            var schemas = new SchemaFolder(_folder.Path, new SchemaLimits { FolderSchemasMax = 2 });
            using var start = new Barrier(Threads);
            var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0");
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            // The second place is free, so that another one is kept, too.
            var other = Find(schemas, "iglu:com.acme/order/jsonschema/1-0-0").Schema;
            Assert.Same(other, Find(schemas, "iglu:com.acme/order/jsonschema/1-0-0").Schema);
        }
    }

    [Fact]
    public void An_unknown_schema_is_remembered_until_the_folder_is_opened_again()
    {
        var schemas = new SchemaFolder(_folder.Path);
        var unknown = Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0");
        Assert.Equal(SchemaLookupStatus.Unknown, unknown.Status);
        Assert.Contains("no file com.acme/signup/jsonschema/1-0-0", unknown.Message, StringComparison.Ordinal);
        _folder.Write("com.acme/signup/jsonschema/1-0-0", Schema);
        Assert.Equal(SchemaLookupStatus.Unknown, Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0").Status);
        Assert.Equal(SchemaLookupStatus.Found, Find(new SchemaFolder(_folder.Path), "iglu:com.acme/signup/jsonschema/1-0-0").Status);
    }

    [Theory]
    [InlineData(100, SchemaLookupStatus.Unknown)]
    [InlineData(0, SchemaLookupStatus.Found)]
    public void Beyond_the_memory_of_unknown_schemas_one_listing_of_the_folder_decides(int filesMax, SchemaLookupStatus later)
    {
        _folder.Write("com.acme/there/jsonschema/1-0-0", Schema);
        var schemas = new SchemaFolder(_folder.Path, new SchemaLimits { FolderUnknownMax = 2, FolderFilesMax = filesMax });
        for (var i = 0; i < 3; i++)
            Assert.Equal(SchemaLookupStatus.Unknown, Find(schemas, $"iglu:com.acme/x/jsonschema/{i}-0-0").Status);
        for (var i = 0; i < 3; i++)
            _folder.Write($"com.acme/x/jsonschema/{i}-0-0", Schema);
        Assert.Equal(
            [SchemaLookupStatus.Unknown, SchemaLookupStatus.Unknown, later],
            Enumerable.Range(0, 3).Select(i => Find(schemas, $"iglu:com.acme/x/jsonschema/{i}-0-0").Status));
        Assert.Equal(SchemaLookupStatus.Found, Find(schemas, "iglu:com.acme/there/jsonschema/1-0-0").Status);
    }

    [Fact]
    public void A_folder_that_is_not_there_has_no_schemas()
    {
        var schemas = new SchemaFolder(Path.Combine(_folder.Path, "none"), new SchemaLimits { FolderUnknownMax = 1 });
        for (var i = 0; i < 3; i++)
            Assert.Equal(SchemaLookupStatus.Unknown, Find(schemas, $"iglu:com.acme/x/jsonschema/{i}-0-0").Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("iglu:")]
    [InlineData("com.acme/signup/jsonschema/1-0-0")]
    [InlineData("iglu:com.acme/signup/jsonschema")]
    [InlineData("iglu:com.acme/signup/jsonschema/1-0-0/x")]
    [InlineData("iglu:com.acme//jsonschema/1-0-0")]
    [InlineData("iglu:../signup/jsonschema/1-0-0")]
    [InlineData("iglu:./signup/jsonschema/1-0-0")]
    [InlineData("iglu:com.acme/../../1-0-0")]
    [InlineData("iglu:com.acme/signup/jsonschema/..")]
    [InlineData("iglu:com.acme/sign.up/jsonschema/1-0-0")]
    [InlineData("iglu:com.acme/signup/jsonschema/1-0-x")]
    [InlineData("iglu:com\\acme/signup/jsonschema/1-0-0")]
    [InlineData("iglu:com.acme/sign%2Fup/jsonschema/1-0-0")]
    [InlineData("iglu:com.acme/signup/jsonschema/1-0-0\0")]
    [InlineData("iglu:com.acmé/signup/jsonschema/1-0-0")]
    [InlineData("IGLU:com.acme/signup/jsonschema/1-0-0")]
    public void What_is_not_a_name_is_unknown_and_no_file_is_touched(string uri)
    {
        _folder.Write("inner/schemas/readme", "");
        _folder.Write("signup/jsonschema/1-0-0", Schema);
        var lookup = Find(new SchemaFolder(Path.Combine(_folder.Path, "inner")), uri);
        Assert.Equal(SchemaLookupStatus.Unknown, lookup.Status);
        Assert.StartsWith("the name of a schema must be iglu:", lookup.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Very_long_names_and_bytes_that_are_not_ASCII_are_unknown()
    {
        var schemas = new SchemaFolder(_folder.Path);
        Assert.Equal(SchemaLookupStatus.Unknown, Find(schemas, $"iglu:{new string('a', 1_000)}/signup/jsonschema/1-0-0").Status);
        Assert.Equal(SchemaLookupStatus.Unknown, schemas.Find([0xFF, 0xFE]).Status);
    }

    [Fact]
    public void Other_formats_are_unknown()
    {
        _folder.Write("com.acme/signup/avro/1-0-0", Schema);
        var lookup = Find(new SchemaFolder(_folder.Path), "iglu:com.acme/signup/avro/1-0-0");
        Assert.Equal(SchemaLookupStatus.Unknown, lookup.Status);
        Assert.Contains("is not of the format jsonschema", lookup.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_schema_is_invalid_and_says_why()
    {
        _folder.Write("com.acme/signup/jsonschema/1-0-0", """{"properties": {"a": {"type": "text"}}}""");
        var lookup = Find(new SchemaFolder(_folder.Path), "iglu:com.acme/signup/jsonschema/1-0-0");
        Assert.Equal(SchemaLookupStatus.Invalid, lookup.Status);
        Assert.Null(lookup.Schema);
        Assert.StartsWith("iglu:com.acme/signup/jsonschema/1-0-0#/properties/a/type: ", lookup.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"title\": \"caf\u00e9\"}", "must be UTF-8")]
    [InlineData("{\"properties\": {\"a\": {\"pattern\": \"\\ud800\"}}}", "half a surrogate pair")]
    [InlineData("{\"properties\": {\"\\ud800\": {}}}", "half a surrogate pair")]
    public void A_schema_with_a_text_that_is_none_is_invalid_and_remembered(string latin1, string problem)
    {
        _folder.Write("com.acme/signup/jsonschema/1-0-0", Schema);
        var file = Path.Combine(_folder.Path, "com.acme/signup/jsonschema/1-0-0");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(latin1));
        var schemas = new SchemaFolder(_folder.Path);

        var lookup = Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0");
        Assert.Equal(SchemaLookupStatus.Invalid, lookup.Status);
        Assert.Contains(problem, lookup.Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal(lookup, Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0"));
    }

    [Fact]
    public void A_schema_that_is_too_large_is_invalid()
    {
        _folder.Write("com.acme/signup/jsonschema/1-0-0", Schema);
        var lookup = Find(new SchemaFolder(_folder.Path, new SchemaLimits { SchemaBytesMax = 20 }), "iglu:com.acme/signup/jsonschema/1-0-0");
        Assert.Equal(SchemaLookupStatus.Invalid, lookup.Status);
        Assert.Contains("at most 20", lookup.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iglu:com.acme/money/jsonschema/1-0-0")]
    [InlineData("iglu:com.acme/money/jsonschema/1-0-0#/definitions/amount")]
    [InlineData("http://iglucentral.com/schemas/com.acme/money/jsonschema/1-0-0#")]
    [InlineData("https://iglucentral.com/schemas/com.acme/money/jsonschema/1-0-0#/definitions/amount")]
    public void A_schema_may_refer_to_others_in_the_folder(string reference)
    {
        _folder.Write("com.acme/money/jsonschema/1-0-0", """{"$ref": "#/definitions/amount", "definitions": {"amount": {"minimum": 0}}}""");
        _folder.Write("com.acme/order/jsonschema/1-0-0", $$"""{"properties": {"total": {"$ref": "{{reference}}"} } }""");
        var order = Find(new SchemaFolder(_folder.Path), "iglu:com.acme/order/jsonschema/1-0-0");
        Assert.Equal((SchemaLookupStatus.Found, null), (order.Status, order.Message));
        Assert.Equal("/total", Assert.Single(order.Schema!.Errors("""{"total": -1}""")).InstanceLocation);
    }

    [Theory]
    [InlineData("iglu:com.acme/money/jsonschema/2-0-0")]
    [InlineData("https://example.com/money")]
    [InlineData("file:///etc/passwd")]
    public void A_reference_to_what_is_not_there_makes_the_schema_invalid(string reference)
    {
        _folder.Write("com.acme/order/jsonschema/1-0-0", $$"""{"properties": {"total": {"$ref": "{{reference}}"} } }""");
        var order = Find(new SchemaFolder(_folder.Path), "iglu:com.acme/order/jsonschema/1-0-0");
        Assert.Equal(SchemaLookupStatus.Invalid, order.Status);
        Assert.Contains($"leads to {reference}, which is not here", order.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_invalid_and_tried_again()
    {
        var file = Path.Combine(_folder.Path, "com.acme/signup/jsonschema/1-0-0");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // A symbolic link to itself exists, but cannot be opened.
        File.CreateSymbolicLink(file, file);
        var schemas = new SchemaFolder(_folder.Path);
        var lookup = Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0");
        Assert.NotEqual(SchemaLookupStatus.Found, lookup.Status);
        File.Delete(file);
        File.WriteAllText(file, Schema);
        Assert.Equal(
            lookup.Status == SchemaLookupStatus.Invalid ? SchemaLookupStatus.Found : SchemaLookupStatus.Unknown,
            Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0").Status);
    }

    [Fact]
    public async Task Many_threads_get_the_same_schema()
    {
        _folder.Write("com.acme/signup/jsonschema/1-0-0", Schema);
        var schemas = new SchemaFolder(_folder.Path);
        var found = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
            Find(schemas, "iglu:com.acme/signup/jsonschema/1-0-0").Schema)));
        Assert.Single(found.Distinct());
    }

    private static SchemaLookup Find(SchemaFolder schemas, string uri) => schemas.Find(Encoding.UTF8.GetBytes(uri));
}
