using System.Text;
using Ingest.Engine;
using Ingest.Schemas;

namespace Ingest.Collector.Tests;

public sealed class SourceValidatorTests : IDisposable
{
    private const string Order = "iglu:com.acme/order/jsonschema/1-0-0";

    private readonly ConfigurationFolder _folder = new();

    public SourceValidatorTests()
    {
        _folder.Write("schemas/com.acme/order/jsonschema/1-0-0", """
            {"type":"object","properties":{"age":{"type":"integer","minimum":18},"items":{"items":{"type":"string"}}},"required":["age"]}
            """);
        _folder.Write("schemas/com.acme/broken/jsonschema/1-0-0", """{"type":7}""");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_valid_document_has_no_errors()
    {
        Assert.Null(Validate(Order, """{"age":18}"""));
    }

    [Fact]
    public void Errors_say_where_in_the_event_and_by_which_rule()
    {
        var errors = Validate(Order, """{"age":7,"items":["a",{}]}""", where: "/co/data/0/data")!;

        Assert.Equal(["/co/data/0/data/age", "/co/data/0/data/items/1"], errors.Select(e => e.Where).Order(StringComparer.Ordinal));
        Assert.Contains(errors, e => e.Rule == Order + "#/properties/age/minimum");
        Assert.All(errors, e => Assert.NotEmpty(e.Found));
    }

    [Theory]
    [InlineData(UnknownSchema.Quarantine, true)]
    [InlineData(UnknownSchema.Accept, false)]
    public void An_unknown_schema_is_judged_by_the_sources_policy(UnknownSchema policy, bool isError)
    {
        foreach (var uri in (string[])["iglu:com.acme/none/jsonschema/1-0-0", "none", "http://example.com/x.json"])
        {
            var errors = Validate(uri, "{}", policy);
            Assert.Equal(isError, errors is not null);
            if (errors is not null)
                Assert.Equal((EventRules.UnknownSchema, "/data"), (Assert.Single(errors).Rule, errors[0].Where));
        }
    }

    [Theory]
    [InlineData(UnknownSchema.Quarantine)]
    [InlineData(UnknownSchema.Accept)]
    public void A_broken_schema_quarantines_under_every_policy(UnknownSchema policy)
    {
        Assert.Equal(EventRules.BadSchema, Assert.Single(Validate("iglu:com.acme/broken/jsonschema/1-0-0", "{}", policy)!).Rule);
    }

    [Fact]
    public void Errors_are_bounded()
    {
        var errors = Validate(Order, $$"""{"age":18,"items":[{{string.Join(',', Enumerable.Repeat(7, 1000))}}]}""")!;

        Assert.InRange(errors.Count, 1, SourceValidator.ErrorsMax);
    }

    [Fact]
    public void A_document_is_not_looked_at_once_there_are_enough_errors()
    {
        using var batch = new EventBatch();
        // Whoever looked at the schema's name, out of the batch's bounds, would throw.
        var check = new SchemaCheck(new Slice(0, int.MaxValue), default, "/data");
        List<EventError>? errors = [.. Enumerable.Repeat(new EventError("", EventRules.Protocol, "x"), SourceValidator.ErrorsMax)];

        new SourceValidator(new SchemaFolder(_folder.Path), UnknownSchema.Quarantine).Validate(batch, check, ref errors);

        Assert.Equal(SourceValidator.ErrorsMax, errors!.Count);
    }

    [Fact]
    public void Places_and_rules_are_short_whatever_the_document_has()
    {
        _folder.Write("schemas/com.acme/map/jsonschema/1-0-0", """
            {"additionalProperties":{"type":"string"},"properties":{"LONG":{"type":"string"}}}
            """.Replace("LONG", new string('p', 2000), StringComparison.Ordinal));
        var longName = new string('x', 100_000);

        var errors = Validate("iglu:com.acme/map/jsonschema/1-0-0", $$"""{"{{longName}}":1,"{{new string('p', 2000)}}":1}""")!;

        Assert.Equal(2, errors.Count);
        Assert.All(errors, e => Assert.InRange(e.Where.Length, 1, SourceValidator.PlaceLengthMax + 1));
        Assert.All(errors, e => Assert.InRange(e.Rule.Length, 1, SourceValidator.PlaceLengthMax + 1));
        Assert.All(errors, e => Assert.EndsWith("…", e.Where, StringComparison.Ordinal));
    }

    private List<EventError>? Validate(
        string uri, string document, UnknownSchema policy = UnknownSchema.Quarantine, string where = "/data")
    {
        using var batch = new EventBatch();
        var check = new SchemaCheck(batch.Append(Encoding.UTF8.GetBytes(uri)), batch.Append(Encoding.UTF8.GetBytes(document)), where);
        List<EventError>? errors = null;
        new SourceValidator(new SchemaFolder(_folder.Path), policy).Validate(batch, check, ref errors);
        return errors;
    }
}
