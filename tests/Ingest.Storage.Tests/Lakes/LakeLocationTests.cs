using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes;

public sealed class LakeLocationTests
{
    [Fact]
    public void A_bucket_with_a_prefix_and_nothing_else_is_at_AWS() =>
        Assert.Equal(
            new S3LakeOptions { Bucket = "events", Prefix = "prod/eu" },
            Assert.IsType<LakeLocation.InS3>(Parse("s3://events/prod/eu/")).Options);

    [Fact]
    public void Every_option_has_its_place() =>
        Assert.Equal(
            new S3LakeOptions
            {
                Bucket = "events",
                Endpoint = new Uri("http://localhost:9000"),
                Region = "eu-central-1",
                PathStyle = false,
                RequestChecksums = S3RequestChecksums.WhenRequired,
                ConditionalPut = false,
                PartBytes = 64 << 20,
            },
            Assert.IsType<LakeLocation.InS3>(Parse(
                "s3://events",
                ("s3-endpoint", "http://localhost:9000"),
                ("s3-region", "eu-central-1"),
                ("s3-path-style", "off"),
                ("s3-checksums", "when-required"),
                ("s3-conditional-put", "off"),
                ("s3-part-size", "64"))).Options);

    [Fact]
    public void An_endpoint_turns_path_style_on() =>
        Assert.True(Assert.IsType<LakeLocation.InS3>(Parse("s3://events", ("s3-endpoint", "https://s3.example.org"))).Options.PathStyle);

    [Theory]
    [InlineData("lake")]
    [InlineData("/var/lib/ingest/lake")]
    [InlineData("./s3")]
    public void Anything_else_is_a_folder(string text) =>
        Assert.Equal(new LakeLocation.InFolder(text), Parse(text));

    [Theory]
    [InlineData("", "The lake is empty")]
    [InlineData("gs://bucket", "'gs://bucket' is no lake")]
    [InlineData("s3://", "'' is no bucket name")]
    [InlineData("s3://Events", "'Events' is no bucket name")]
    [InlineData("s3://events/a//b", "'a//b' is no prefix")]
    [InlineData("s3://events/größe", "'größe' is no prefix")]
    public void A_location_that_cannot_be_is_told(string text, string start)
    {
        var errors = Errors(text);

        Assert.StartsWith(start, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3-endpoint", "localhost:9000")]
    [InlineData("s3-endpoint", "ftp://localhost")]
    [InlineData("s3-path-style", "yes")]
    [InlineData("s3-checksums", "never")]
    [InlineData("s3-conditional-put", "")]
    [InlineData("s3-part-size", "4")]
    [InlineData("s3-part-size", "1025")]
    [InlineData("s3-part-size", "16MiB")]
    public void A_wrong_value_is_told_with_its_option(string option, string value)
    {
        var error = Assert.Single(Errors("s3://events", (option, value)));

        Assert.StartsWith($"--{option} is '{value}'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_wrong_is_told_at_once() =>
        Assert.Equal(3, Errors("s3://E", ("s3-part-size", "1"), ("s3-path-style", "1")).Count);

    [Fact]
    public void Options_of_S3_do_not_fit_a_folder() =>
        Assert.Contains("--s3-region", Assert.Single(Errors("lake", ("s3-region", "eu"))), StringComparison.Ordinal);

    [Fact]
    public async Task Opening_a_folder_makes_it()
    {
        using var folder = new TemporaryFolder();

        var lake = await Parse(folder.Of("new")).OpenAsync(TestContext.Current.CancellationToken);

        Assert.Equal(folder.Of("new"), lake.Description);
        Assert.True(Directory.Exists(folder.Of("new")));
    }

    [Fact]
    public async Task Opening_S3_asks_nothing_yet()
    {
        var lake = await Parse("s3://events/prod", ("s3-endpoint", "http://127.0.0.1:9")).OpenAsync(TestContext.Current.CancellationToken);

        Assert.Equal("s3://events/prod at http://127.0.0.1:9/", lake.Description);
        Assert.IsType<S3Lake>(lake).Dispose();
    }

    private static LakeLocation Parse(string text, params (string Name, string Value)[] options)
    {
        var errors = new List<string>();
        var location = LakeLocation.Parse(text, ValueOf(options), errors);
        Assert.Empty(errors);
        return Assert.IsAssignableFrom<LakeLocation>(location);
    }

    private static List<string> Errors(string text, params (string Name, string Value)[] options)
    {
        var errors = new List<string>();
        Assert.Null(LakeLocation.Parse(text, ValueOf(options), errors));
        return errors;
    }

    private static Func<LakeOption, string?> ValueOf((string Name, string Value)[] options)
    {
        Assert.All(options, given => Assert.Contains(LakeOption.All, known => known.Name.Equals(given.Name, StringComparison.Ordinal)));
        return option => options.FirstOrDefault(o => o.Name.Equals(option.Name, StringComparison.Ordinal)).Value;
    }
}
