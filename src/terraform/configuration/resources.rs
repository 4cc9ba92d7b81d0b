//! Resources and data sources: their instances, and what references to them are worth.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use super::body::{operations, resource_attributes};
use super::computed::{read, role_definition};
use super::evaluation::{Evaluation, Symbol};
use super::instance::ModuleInstance;
use super::module::{Declaration, ResourceKind};
use super::repetition::{Expansion, Instance, Shape, expand};
use super::scope::Frame;
use crate::model::LoopKey;
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::terraform::ast::Name;
use crate::terraform::mapping;
use crate::terraform::schema::{self, Attribute, Element, Schema};
use crate::value::{
    Array, Collection, Kind, Member, Object, Origin, Reason, ReasonKind, Reference, StepKind, Unknown, Value,
};

/// The instances of one `resource`, `data` or `ephemeral` block in one module instance.
pub(super) struct Resources {
    pub(super) kind: ResourceKind,
    pub(super) resource_type: Name,
    pub(super) name: Name,
    pub(super) instances: Vec<ResourceInstance>,
    /// The ARM type that references name, for a type that has one.
    arm_type: Arc<str>,
    schema: Option<Arc<Schema>>,
    shape: Shape,
    open: Option<Arc<Unknown>>,
    whole: OnceCell<Value>,
}

/// One instance of a resource.
pub(super) struct ResourceInstance {
    pub(super) instance: Instance,
    pub(super) address: Arc<str>,
    attributes: RefCell<Slot>,
}

enum Slot {
    Empty,
    Busy,
    Done(Arc<Object>),
}

type ResourceId<'n> = (ResourceKind, &'n str, &'n str);

impl Evaluation<'_> {
    /// The value of a reference `type.name` or `type.name.attribute`, and how many of these names it takes; `None` if there is no
    /// such resource.
    pub(super) fn resource_of(
        &self,
        module: &ModuleInstance,
        (kind, resource_type, name): ResourceId<'_>,
        attribute: Option<&str>,
        span: Span,
    ) -> Option<(Value, usize)> {
        let Some(index) = module.module.resource_index(kind, resource_type, name) else {
            return self.undeclared(module, (kind, resource_type, name), attribute, span);
        };
        let address = || format!("{}{resource_type}.{name}", module.prefix);
        let resources = match self.deeper(|| self.resources_at(module, index)) {
            Some(Some(resources)) => resources,
            Some(None) => return Some((self.cycle(&address(), span), 2)),
            None => return Some((self.too_deep(&address(), span), 2)),
        };
        let value = match (resources.shape, attribute, resources.instances.as_slice()) {
            (Shape::Single, Some(attribute), [only]) => {
                return Some((self.attribute_of(module, index, &resources, only, attribute, span), 3));
            }
            (Shape::Single, None, [only]) => self.exposed(module, index, &resources, only, span),
            _ => self.whole(module, index, &resources, span),
        };
        Some((value, 2))
    }

    /// A reference to a resource that is not declared: a mistake, but what it would have been is known.
    fn undeclared(
        &self,
        module: &ModuleInstance,
        (kind, resource_type, name): ResourceId<'_>,
        attribute: Option<&str>,
        span: Span,
    ) -> Option<(Value, usize)> {
        let attribute = attribute.filter(|_| kind == ResourceKind::Managed && resource_type.contains('_'))?;
        let text = format!(
            "Reference to undeclared resource: a managed resource \"{resource_type}\" \"{name}\" has not been declared"
        );
        self.report(Diagnostic::new(Level::Error, DiagnosticCode::Evaluation, text, span));
        let address: Arc<str> = Arc::from(format!("{}{resource_type}.{name}", module.prefix));
        let value = link(&address, &target_type(&Arc::from(resource_type)), attribute);
        Some((value.tainted(is_sensitive(resource_type, attribute)), 3))
    }

    /// The instances of the resource at an index of its module; `None` while they are being worked out.
    pub(super) fn resources_at(&self, module: &ModuleInstance, index: usize) -> Option<Rc<Resources>> {
        let ((kind, resource_type, name), declaration) = module.module.resources.get_index(index)?;
        let expand = || Rc::new(self.expand_declaration(module, (*kind, resource_type, name), declaration));
        module.resources.get_or(index, expand)
    }

    /// The instances of a declaration.
    pub(super) fn expand_declaration(
        &self,
        module: &ModuleInstance,
        (kind, resource_type, name): (ResourceKind, &Name, &Name),
        declaration: &Declaration,
    ) -> Resources {
        let view = module.module.body(declaration);
        let start = match kind {
            ResourceKind::Managed => "",
            ResourceKind::Data => "data.",
            ResourceKind::Ephemeral => "ephemeral.",
        };
        let base = format!("{}{start}{resource_type}.{name}", module.prefix);
        let Expansion { instances, shape, open } = expand(&module.frame(self), &view, &base);
        let instances = instances.into_iter().map(|instance| ResourceInstance {
            address: Arc::from(format!("{base}{}", instance.suffix())),
            instance,
            attributes: RefCell::new(Slot::Empty),
        });
        Resources {
            kind,
            arm_type: target_type(resource_type),
            schema: match kind {
                ResourceKind::Managed => schema::of(resource_type),
                ResourceKind::Data | ResourceKind::Ephemeral => schema::of(&format!("data.{resource_type}")),
            },
            resource_type: Arc::clone(resource_type),
            name: Arc::clone(name),
            instances: instances.collect(),
            shape,
            open,
            whole: OnceCell::new(),
        }
    }

    /// The configured attributes of an instance, worked out once. `None` while they are being worked out.
    pub(super) fn attributes_of(
        &self,
        module: &ModuleInstance,
        declaration: &Declaration,
        instance: &ResourceInstance,
    ) -> Option<Arc<Object>> {
        {
            let mut slot = instance.attributes.borrow_mut();
            match &*slot {
                Slot::Done(attributes) => return Some(Arc::clone(attributes)),
                Slot::Busy => return None,
                Slot::Empty => *slot = Slot::Busy,
            }
        }
        let view = module.module.body(declaration);
        let frame = Frame { repetition: &instance.instance.repetition, ..module.frame(self) };
        let mut attributes = resource_attributes(&frame, &view);
        if let Some(schema) = module.module.type_of(declaration).and_then(schema::of) {
            attributes = schema::conform(&attributes, &schema);
        }
        let attributes = Arc::new(attributes);
        *instance.attributes.borrow_mut() = Slot::Done(Arc::clone(&attributes));
        Some(attributes)
    }

    /// What the `connection` and `provisioner` blocks of an instance hold that may be a secret.
    pub(super) fn operations_of(
        &self,
        module: &ModuleInstance,
        declaration: &Declaration,
        resources: &Resources,
        instance: &ResourceInstance,
    ) -> Option<Value> {
        let view = module.module.body(declaration);
        if !view.blocks.iter().any(|(_, block)| matches!(&*block.block_type, "connection" | "provisioner")) {
            return None;
        }
        let attributes = self.attributes_of(module, declaration, instance)?;
        let mut own = Object::clone(&attributes);
        own.open = Some(Arc::new(resources.rest_of(&instance.address)));
        let own = Value::object(own);
        let frame = module.frame(self);
        let frame = Frame { repetition: &instance.instance.repetition, own: Some(&own), ..frame };
        operations(&frame, &view)
    }

    /// What an attribute of an instance is worth: as configured, else known only after deployment.
    fn attribute_of(
        &self,
        module: &ModuleInstance,
        index: usize,
        resources: &Resources,
        instance: &ResourceInstance,
        attribute: &str,
        span: Span,
    ) -> Value {
        let Some((_, declaration)) = module.module.resources.get_index(index) else {
            return Value::null();
        };
        let Some(attributes) = self.attributes_of(module, declaration, instance) else {
            return self.cycle(&instance.address, span);
        };
        match attributes.get_exact(attribute) {
            Some(member) if !member.value.is_null() => {
                let value = self.opened(&member.value, attribute, &instance.address, resources);
                let site = member.site.unwrap_or(span);
                let value = value.tainted(resources.known(attribute).is_some_and(|known| known.sensitive));
                value.via(StepKind::Property, format!("{}.{attribute}", instance.address), site)
            }
            _ => resources
                .looked_up(&attributes, &instance.address, attribute)
                .unwrap_or_else(|| self.absent(resources, &instance.address, attribute, span)),
        }
    }

    /// What an attribute that is not configured is worth: the provider's default, null, or known only after deployment.
    fn absent(&self, resources: &Resources, address: &Arc<str>, attribute: &str, span: Span) -> Value {
        let known = resources.known(attribute);
        let major = self.providers.azurerm_major();
        match known.map(|known| known.when_absent(attribute, major, &Origin::at(span))) {
            Some(Some(value)) => value,
            Some(None) | None => resources.computed(address, attribute),
        }
    }

    /// An instance as an object of an expression: its configured attributes, its id, and whatever the provider adds.
    fn exposed(
        &self,
        module: &ModuleInstance,
        index: usize,
        resources: &Resources,
        instance: &ResourceInstance,
        span: Span,
    ) -> Value {
        let Some((_, declaration)) = module.module.resources.get_index(index) else {
            return Value::null();
        };
        let Some(attributes) = self.attributes_of(module, declaration, instance) else {
            return self.cycle(&instance.address, span);
        };
        let mut object: Object = attributes
            .members()
            .filter(|(_, member)| !member.value.is_null())
            .map(|(key, member)| {
                let value = self.opened(&member.value, key.as_str(), &instance.address, resources);
                (key.clone(), Member { value, ..member.clone() })
            })
            .collect();
        let major = self.providers.azurerm_major();
        for (name, known) in resources.schema.as_deref().into_iter().flat_map(Schema::attributes) {
            if object.get_exact(name).is_some() {
                continue;
            }
            match known.when_absent(name, major, &Origin::at(span)) {
                Some(value) => object.insert(name, value),
                None if known.is_in(major) => {
                    object.insert(name, resources.computed(&instance.address, name))
                }
                None => {}
            }
        }
        for name in ["id", "role_definition_id"] {
            if let Some(value) = resources.looked_up(&attributes, &instance.address, name) {
                object.insert(name, value);
            }
        }
        if object.get_exact("id").is_none() {
            object.insert("id", resources.computed(&instance.address, "id"));
        }
        object.open = Some(Arc::new(resources.rest_of(&instance.address)));
        if resources.kind == ResourceKind::Managed {
            let address = Arc::clone(&instance.address);
            let symbol = Symbol::Resource { address, resource_type: Arc::clone(&resources.resource_type) };
            self.symbols.borrow_mut().entry(Arc::clone(&instance.address)).or_insert(symbol);
        }
        Value::object(object)
    }

    /// All instances together: a tuple with `count`, an object by key with `for_each`.
    fn whole(&self, module: &ModuleInstance, index: usize, resources: &Resources, span: Span) -> Value {
        if let Some(whole) = resources.whole.get() {
            return whole.clone();
        }
        let known = resources.instances.iter().filter(|instance| !instance.instance.is_symbolic());
        let values = known.map(|instance| {
            (instance.instance.key(), self.exposed(module, index, resources, instance, span))
        });
        let open = resources.open.as_ref().map(|open| self.open_instances(module, index, resources, open));
        let whole = if resources.shape == Shape::Tuple {
            let items = values.map(|(_, value)| value.into()).collect();
            Value::array(Array { items, open, collection: Collection::Literal })
        } else {
            let mut object: Object = values
                .map(|(key, value)| {
                    let key = match key {
                        Some(LoopKey::Key(key)) => Arc::clone(key),
                        Some(LoopKey::Index(index)) => Arc::from(index.to_string()),
                        None => Arc::from(""),
                    };
                    (key, value)
                })
                .collect();
            object.open = open;
            Value::object(object)
        };
        resources.whole.get_or_init(|| whole).clone()
    }
}

impl Evaluation<'_> {
    /// Why a collection of instances is open, so that what is asked of it leads to the symbolic instance.
    fn open_instances(
        &self,
        module: &ModuleInstance,
        index: usize,
        resources: &Resources,
        open: &Arc<Unknown>,
    ) -> Arc<Unknown> {
        if !resources.instances.iter().any(|instance| instance.instance.is_symbolic()) {
            return Arc::clone(open);
        }
        let identity: Arc<str> = Arc::from(format!(
            "instances of {}{}.{}",
            module.prefix, resources.resource_type, resources.name
        ));
        let symbol = Symbol::Instances { module: module.number, resource: index };
        self.symbols.borrow_mut().insert(Arc::clone(&identity), symbol);
        Arc::new(Unknown::clone(open).with_identity(identity))
    }

    /// The value of a configured attribute as references see it: blocks have more attributes than are configured. `path` leads to it
    /// from the resource: `identity`, `identity[0].x`.
    fn opened(&self, value: &Value, path: &str, address: &Arc<str>, resources: &Resources) -> Value {
        let Kind::Array(array) = &value.kind else { return value.clone() };
        let blocks =
            array.collection == Collection::Uniform && array.values().any(|item| item.as_object().is_some());
        if !blocks {
            return value.clone();
        }
        let mut array = Array::clone(array);
        for (position, item) in array.items.iter_mut().enumerate() {
            let Kind::Object(object) = &item.value.kind else { continue };
            let path = format!("{path}[{position}]");
            let mut object = Object::clone(object);
            for (key, member) in object.members_mut() {
                member.value = self.opened(&member.value, &format!("{path}.{key}"), address, resources);
            }
            let mut rest = Unknown { identity: None, ..resources.rest_of(address) };
            if resources.kind == ResourceKind::Managed {
                let identity: Arc<str> = Arc::from(format!("{address}.{path}"));
                let resource_type = Arc::clone(&resources.resource_type);
                let symbol = Symbol::Block { address: Arc::clone(address), resource_type, path: path.into() };
                self.symbols.borrow_mut().entry(Arc::clone(&identity)).or_insert(symbol);
                rest.identity = Some(identity);
            }
            object.open.get_or_insert_with(|| Arc::new(rest));
            item.value = Value { kind: Kind::Object(Arc::new(object)), ..item.value.clone() };
        }
        Value { kind: Kind::Array(Arc::new(array)), ..value.clone() }
    }

    /// What an open value has under a key that it does not show, as far as it is a resource, a block or the instances of one.
    pub(super) fn part_of(&self, open: &Unknown, key: &str) -> Option<Value> {
        let symbol = self.symbols.borrow().get(open.identity.as_ref()?).cloned()?;
        match symbol {
            Symbol::Resource { address, resource_type } => Some(
                link(&address, &target_type(&resource_type), key).tainted(is_sensitive(&resource_type, key)),
            ),
            Symbol::Block { address, resource_type, path } => Some(
                link(&address, &target_type(&resource_type), &format!("{path}.{key}"))
                    .tainted(is_sensitive_below(&resource_type, &path, key)),
            ),
            Symbol::Instances { module, resource } => {
                let module = self.instance(module)?;
                let resources = self.resources_at(&module, resource)?;
                let symbolic = resources.instances.iter().find(|instance| instance.instance.is_symbolic())?;
                let ((kind, ..), declaration) = module.module.resources.get_index(resource)?;
                let span = module.module.declaring(declaration).header;
                (*kind == ResourceKind::Managed)
                    .then(|| self.exposed(&module, resource, &resources, symbolic, span))
            }
        }
    }
}

/// The type that references to a resource name: its ARM type if it has one.
fn target_type(resource_type: &Name) -> Arc<str> {
    mapping::arm_type(resource_type).map_or_else(|| Arc::clone(resource_type), Arc::from)
}

/// Whether the provider declares an attribute of a managed resource sensitive.
fn is_sensitive(resource_type: &str, attribute: &str) -> bool {
    schema::of(resource_type)
        .is_some_and(|schema| schema.attribute(attribute).is_some_and(|known| known.sensitive))
}

/// Whether the provider declares an attribute of a block sensitive, or the block: `kube_config[0]` and `password`.
fn is_sensitive_below(resource_type: &str, path: &str, key: &str) -> bool {
    let Some(schema) = schema::of(resource_type) else { return false };
    let mut level: &Schema = &schema;
    for step in path.split('.') {
        let name = step.split('[').next().unwrap_or(step);
        match level.attribute(name) {
            Some(known) if known.sensitive => return true,
            Some(Attribute { element: Element::Block(inner), .. }) => level = inner,
            _ => return false,
        }
    }
    level.attribute(key).is_some_and(|known| known.sensitive)
}

/// An attribute of a managed resource that is known only after deployment.
fn link(address: &Arc<str>, target_type: &Arc<str>, attribute: &str) -> Value {
    let reference = Reference::to_declared(Arc::clone(address), Arc::clone(target_type));
    Value::reference(if attribute == "id" { reference } else { reference.with_property(attribute) })
}

impl Resources {
    /// What the provider's schema says of an attribute.
    fn known(&self, attribute: &str) -> Option<&Attribute> {
        self.schema.as_deref()?.attribute(attribute)
    }

    /// What a data source gives that can be looked up here: a built-in role by its name.
    fn looked_up(&self, attributes: &Object, address: &str, attribute: &str) -> Option<Value> {
        let role = self.kind == ResourceKind::Data && &*self.resource_type == "azurerm_role_definition";
        role.then(|| role_definition(attributes, attribute, self.rest_of(address)))?
    }

    /// An attribute that only the deployment (or the provider) gives.
    fn computed(&self, address: &Arc<str>, attribute: &str) -> Value {
        let sensitive = self.known(attribute).is_some_and(|known| known.sensitive);
        match self.kind {
            ResourceKind::Managed => link(address, &self.arm_type, attribute).tainted(sensitive),
            // the id of what is in the model leads there
            ResourceKind::Data
                if attribute == "id" && mapping::existing_type(&self.resource_type).is_some() =>
            {
                link(address, &self.arm_type, attribute)
            }
            ResourceKind::Data | ResourceKind::Ephemeral => {
                let unknown = self.rest_of(address).with_identity(format!("{address}.{attribute}"));
                let secret = sensitive || self.kind == ResourceKind::Ephemeral;
                read(&self.resource_type, attribute, unknown).tainted(secret)
            }
        }
    }

    /// What is not known of an instance.
    fn rest_of(&self, address: &str) -> Unknown {
        let reason = match self.kind {
            ResourceKind::Managed => Reason::new(
                ReasonKind::Runtime,
                format!("what {address} computes is known only after deployment"),
            ),
            ResourceKind::Data => {
                Reason::new(ReasonKind::DataSource, format!("{address} is read from Azure"))
            }
            ResourceKind::Ephemeral => {
                Reason::new(ReasonKind::DataSource, format!("{address} is known only while Terraform runs"))
            }
        };
        Unknown::new(reason).with_identity(address)
    }
}
